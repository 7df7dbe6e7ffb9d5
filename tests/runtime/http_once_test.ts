import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";

const { signal } = new AbortController();

Deno.test("systemHttp sends a POST once, also where an earlier connection was kept and breaks", async () => {
  const breaks: ((request: PeerRequest) => void)[] = [
    (request) => request.end(),
    (request) => request.reset(),
  ];
  for (const breakOff of breaks) {
    await using peer = await openPeer(async (request) => {
      await request.whole;
      if (request.head.startsWith("GET") || request.head.startsWith("POST /kept")) {
        request.answer(200, "{}");
      } else breakOff(request);
    });
    const common = { headers: {}, timeoutMs: 10_000, signal };
    await systemHttp.request({ method: "GET", url: peer.url, ...common });
    await systemHttp.request({ method: "POST", url: `${peer.url}/kept`, body: "{}", ...common });
    const post = () => systemHttp.request({ method: "POST", url: peer.url, body: "x", ...common });
    const error = await assertRejects(post, Unavailable);
    assertEquals(error.notCarriedOut, false);
    assertEquals(peer.requests.map(({ head }) => head.split(" ", 2).join(" ")), [
      ...["GET /", "POST /kept", "POST /"],
    ]);
  }
});
