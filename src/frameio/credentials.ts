import { type Secret, secret } from "../config.ts";
import type { Grant } from "./token_endpoint.ts";

/** A paired device. */
export interface DeviceCredentials {
  readonly apiBase: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly grant: Grant;
}

/** A login to Adobe IMS. */
export interface ImsCredentials {
  readonly is: "user" | "server";
  readonly imsBase: string;
  readonly clientId: string;
  /** Null for an app that has none. */
  readonly clientSecret: Secret | null;
  readonly grant: Grant;
}

/** The real services. A login at Adobe is for Frame.io itself, and for no other server. */
export const REAL = { api: "https://api.frame.io", ims: "https://ims-na1.adobelogin.com" } as const;

/** Names of the files that hold them. */
export const CREDENTIAL_FILES = { device: "device", ims: "ims", clientId: "client-id" } as const;

/** As they are written: the one place where secrets are spelled out. */
export function deviceJson({ apiBase, clientId, clientSecret, grant }: DeviceCredentials) {
  return { apiBase, clientId, clientSecret: clientSecret.reveal(), grant };
}

/** As they are written. */
export function imsJson({ is, imsBase, clientId, clientSecret, grant }: ImsCredentials) {
  return { is, imsBase, clientId, clientSecret: clientSecret?.reveal() ?? null, grant };
}

/** Reads a paired device, or null where the file holds something else. */
export function readDeviceJson(json: unknown): DeviceCredentials | null {
  const { apiBase, clientId, clientSecret, grant } = fieldsOf(json);
  const good = readGrant(grant);
  if (!isText(apiBase) || !isText(clientId) || !isText(clientSecret) || good === null) return null;
  return { apiBase, clientId, clientSecret: secret(clientSecret), grant: good };
}

/** Reads a login, or null where the file holds something else. */
export function readImsJson(json: unknown): ImsCredentials | null {
  const { is, imsBase, clientId, clientSecret, grant } = fieldsOf(json);
  const good = readGrant(grant);
  if (!isText(imsBase) || !isText(clientId) || good === null) return null;
  const credentials = { imsBase, clientId, grant: good };
  if (is === "server" && !isText(clientSecret)) return null;
  if (is !== "user" && is !== "server") return null;
  return { is, ...credentials, clientSecret: isText(clientSecret) ? secret(clientSecret) : null };
}

function readGrant(json: unknown): Grant | null {
  const { accessToken, refreshToken, lifeMs, receivedAtMs } = fieldsOf(json);
  if (!isText(accessToken) || !isNumber(lifeMs) || !isNumber(receivedAtMs)) return null;
  return {
    ...{ accessToken, lifeMs, receivedAtMs },
    refreshToken: isText(refreshToken) ? refreshToken : null,
  };
}

function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === "object" && json !== null ? json as Record<string, unknown> : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
