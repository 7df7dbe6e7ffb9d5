/** Codes of OpenSSL for a certificate that nobody we trust has signed (OpenSSL manual, verify errors). */
const UNTRUSTED = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
];

/**
 * Why a connection of node:http failed, in words that name the remedy where there is one. None of them is
 * the error's own: those may hold an address.
 *
 * @param proxy The proxy that was to be gone through, as `host:port`, or null.
 */
export function connectionReason(error: unknown, proxy: string | null): string {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code !== undefined && UNTRUSTED.includes(code)) {
    return `its certificate is not trusted (${code}). Name your network's CA file in NODE_EXTRA_CA_CERTS`;
  }
  const plain = code ?? "connection lost";
  if (proxy === null) return plain;
  if (statusCode === 407) {
    return `the proxy ${proxy} asks for a name and a password (407). Write them into HTTPS_PROXY, as ` +
      "http://NAME:PASSWORD@HOST:PORT";
  }
  if (statusCode !== undefined) return `the proxy ${proxy} answered ${statusCode}`;
  return `${plain}, through the proxy ${proxy}`;
}
