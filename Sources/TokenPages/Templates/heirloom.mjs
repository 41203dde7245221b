// heirloom.js as an ES module. A page that loads both has one helper.
import "./heirloom.js";

export const { session, refresh, fetch, login, logout, logoutAll, onChange } = globalThis.heirloom;
export default globalThis.heirloom;
