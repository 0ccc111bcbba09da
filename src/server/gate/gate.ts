import type { Caller } from "./caller.ts";

/**
 * Stands before every route: who is asking, from where, how often.
 *
 * Theory of operation
 *
 * Credentials. A key comes as `Authorization: Bearer` or `X-API-Key`; never in the address, where
 * logs would keep it. A browser signs in with a key once and gets a cookie (`HttpOnly`,
 * `SameSite=Strict`). Keys and cookies are compared by their hashes.
 *
 * No key in force. Then whoever reaches the loopback is `local` and may do everything, so that the
 * first use needs no set-up; the `Host` must name this machine, or a page of elsewhere could reach
 * us through a name of its own (DNS rebinding). As soon as a key is in force, everybody needs one.
 * Listening anywhere but on the loopback without a key in force is refused at start, and every
 * request is, should the last key be revoked meanwhile.
 *
 * Changes. A request that changes something and that a browser may have sent (a cookie, or no
 * credential at all) must come from our own pages: `Sec-Fetch-Site` or `Origin` say so, and a
 * sign-in needs its CSRF token too, as header `X-CSRF-Token` or field `_csrf`. Requests with a key
 * need neither: no other site can send one.
 */
export interface Gate {
  /**
   * `address` is where the connection comes from (`addressOf`); wrong keys are counted by it.
   *
   * A cookie that is no longer in force is none: its browser must still reach the sign-in page.
   *
   * @throws ClxError `unauthorised` for a key that is not in force, or one in the address;
   * `forbidden` for a foreign host, or a proxy, while no key is in force
   * @throws TooManyRequestsError after many wrong keys from one address
   */
  identify(request: Request, address?: string | undefined): Promise<Caller>;

  /** @throws ClxError `forbidden` */
  checkChange(request: Request, caller: Caller, formToken: string | undefined): void;

  /** One more request of this caller. @throws TooManyRequestsError, which knows when to come back */
  count(request: Request, caller: Caller, address?: string | undefined): void;

  /**
   * Exchanges a key for a sign-in; one that the browser had before ends.
   *
   * @throws ClxError `unauthorised`
   * @throws TooManyRequestsError after many wrong keys from one address
   */
  signIn(params: SignInParams): Promise<{ readonly caller: Caller; readonly cookie: string }>;

  /** Ends the sign-in of a request; answers with the cookie that says so. */
  signOut(request: Request): Promise<string>;

  /** Whether whom `identify` let in would be let in still: for answers that last, such as streams. */
  isInForce(caller: Caller): Promise<boolean>;

  /** Whether the audit trail takes one more refusal or failure of this caller: nobody may flood it. */
  tellsRefusal(caller: Caller, address?: string | undefined): boolean;

  /** Keys were made or revoked here: what the gate remembers of them is old. */
  keysChanged(): void;
}

export interface SignInParams {
  readonly request: Request;
  readonly key: string;
  readonly address?: string | undefined;
}
