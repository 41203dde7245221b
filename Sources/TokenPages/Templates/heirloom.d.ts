// Types of heirloom.js and heirloom.mjs.

/** A session as the service has it now. */
export interface Session {
  session_id: string;
  subject: string;
  client_id: string;
  scope: string;
  device?: string;
  address?: string;
  user_agent?: string;
  amr: string[];
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339. */
  last_used_at: string;
  /** RFC 3339. */
  expires_at: string;
  generation: number;
  csrf_token: string;
}

/** The answer to a login. */
export interface Login {
  session_id: string;
  subject: string;
  scope: string;
  /** Seconds until the access token expires. */
  expires_in: number;
  /** Seconds until the refresh token expires if it is not used. */
  refresh_expires_in: number;
  csrf_token: string;
}

export interface LoginOptions {
  /** Whether the session outlives the closing of the browser. The default is true. */
  remember?: boolean;
  /** A name for this device. */
  device?: string;
  scope?: string;
  client_id?: string;
  /**
   * Whether the session is bound to a key that no script can read: nobody can refresh it elsewhere with stolen cookies.
   * Rejects with `no_key` in a browser that keeps no keys. The default is false.
   */
  bind?: boolean;
}

/** What every call but `fetch` rejects with. */
export interface HeirloomError extends Error {
  /** `unreachable` when the service did not answer, else the code of its problem document. */
  code: string;
  /** `retry`: try again later. `fix`: the request is wrong. `login`: the name or the password is wrong. */
  action: "login" | "retry" | "fix";
  /** Seconds to wait before the next try; 0 for unknown. */
  retryAfter?: number;
}

export interface Heirloom {
  /** The current session; null when nobody is signed in. Rejects when the service cannot be reached. */
  session(): Promise<Session | null>;
  /** Refreshes the access token. False when the session has ended. Rejects when the service cannot be reached. */
  refresh(): Promise<boolean>;
  /** The browser's fetch with the CSRF token, which refreshes after a 401 and sends the request again, once. */
  fetch: typeof globalThis.fetch;
  login(username: string, password: string, options?: LoginOptions): Promise<Login>;
  /** Ends this session. Rejects when it may still be there. */
  logout(): Promise<boolean>;
  /** Ends every session. False when this session had ended before. Rejects when they may still be there. */
  logoutAll(): Promise<boolean>;
  /**
   * Calls `listener` when another session, or none (null), becomes the current one, in whichever tab. Returns a function
   * that ends this.
   */
  onChange(listener: (sessionId: string | null) => void): () => void;
}

export declare const session: Heirloom["session"];
export declare const refresh: Heirloom["refresh"];
export declare const fetch: Heirloom["fetch"];
export declare const login: Heirloom["login"];
export declare const logout: Heirloom["logout"];
export declare const logoutAll: Heirloom["logoutAll"];
export declare const onChange: Heirloom["onChange"];

declare const heirloom: Heirloom;
export default heirloom;

declare global {
  /** What the classic script defines. */
  var heirloom: Heirloom;
}
