import type { Assembler } from "./assemble.ts";
import type { CreateRules } from "./create_rules.ts";
import type { PartFiles } from "./parts_on_disk.ts";
import type { Remotes } from "./remote.ts";
import type { Store } from "./store.ts";

/** Who a call is made by. */
export type Identity =
  /** A V2 developer token; also a legacy token on V4 with its header. */
  | { readonly is: "user" }
  /** A paired Camera-to-Cloud device. */
  | { readonly is: "device"; readonly deviceId: string }
  /** Adobe IMS: the V4 API. */
  | { readonly is: "ims" };

/** What every route of the sandbox works with. */
export interface SandboxRoom {
  readonly store: Store;
  readonly parts: PartFiles;
  readonly assembler: Assembler;
  readonly remotes: Remotes;
  /** Refusals of creates that were asked for. */
  readonly creates: CreateRules;
  /** `http://127.0.0.1:9000`, without a slash at the end; known once it listens. */
  baseUrl(): string;
  /** The present moment; tests set it. */
  now(): Date;
  /** Makes the presigned URL of a part. */
  urlOf(
    target: { readonly assetId: string; readonly number: number; readonly filetype: string },
  ): string;
  /**
   * Who calls, by the `authorization` header and `x-frameio-legacy-token-auth`.
   *
   * @throws ApiRefusal 401 where nobody known does.
   */
  identify(request: Request): Identity;
}
