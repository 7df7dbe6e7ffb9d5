import { join } from "@std/path";

/** A test's own authority and a server's certificate of it, for `localhost` and 127.0.0.1. */
export interface Certificates {
  /** File of the authority's certificate, as it is named in NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes them with openssl in a folder that is there. An authority may not be the server's own certificate:
 * Deno would not take that. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  await openssl(
    ...["req", "-x509", ...CURVE, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2"],
    ...["-subj", "/CN=reeltime test authority", "-addext", "basicConstraints=critical,CA:TRUE"],
  );
  const request = ["-keyout", at("leaf.key"), "-out", at("leaf.csr"), "-subj", "/CN=localhost"];
  await openssl("req", ...CURVE, ...request);
  await Deno.writeTextFile(
    at("leaf.ext"),
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
  );
  await openssl(
    ...["x509", "-req", "-in", at("leaf.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key")],
    ...["-CAcreateserial", "-days", "2", "-extfile", at("leaf.ext"), "-out", at("leaf.pem")],
  );
  return {
    caFile: at("ca.pem"),
    cert: await Deno.readTextFile(at("leaf.pem")),
    key: await Deno.readTextFile(at("leaf.key")),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** Why no certificates can be made here, as words for the name of a test that is ignored; else empty. */
export const noOpenssl = reason();

function reason(): string {
  try {
    new Deno.Command("openssl", { args: ["version"] }).outputSync();
    return "";
  } catch {
    return " [ignored: no openssl on this machine]";
  }
}
