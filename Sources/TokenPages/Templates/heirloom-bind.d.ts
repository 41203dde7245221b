// Types of heirloom-bind.mjs.

export interface SignInOptions {
  /** The service's own URL. The default is the origin of the page. */
  service?: string;
  /** Whether the session outlives twelve hours. The default is true. */
  remember?: boolean;
  /** A name for this device. */
  device?: string;
  scope?: string;
  client_id?: string;
}

/** A session whose tokens are in memory and bound to a key that no script can read. */
export interface BoundSession {
  readonly id: string;
  readonly subject: string;
  /**
   * The browser's fetch with the access token and a proof for this request, which refreshes when that is due and after a
   * 401. For URLs of your APIs only.
   */
  fetch: typeof globalThis.fetch;
  /** Refreshes the access token. False when the session has ended. Rejects with a `HeirloomError`. */
  refresh(): Promise<boolean>;
  /** Ends the session. Rejects with a `HeirloomError` when it may still be there. */
  logout(): Promise<void>;
}

/** Signs in. Rejects with a `HeirloomError`. */
export declare function signIn(username: string, password: string, options?: SignInOptions): Promise<BoundSession>;

/** Sends a request of heirloom.js with a proof. Pages need not call it. */
export declare function send(request: Request): Promise<Response>;
