import { assertEquals } from "@std/assert";
import { createRedactor, hiddenOf } from "../../src/control/redact.ts";

const { text, json } = createRedactor(hiddenOf("/home/me/state", ["/card"]));

Deno.test("createRedactor() takes out tokens and URLs that are keys, and leaves the sentence", () => {
  const rows: [string, string][] = [
    ["PUT https://b.s3.amazonaws.com/p?X-Amz-Signature=ab failed", "PUT *** failed"],
    ["at https://cdn.example/a?Expires=1&Signature=xyz&x=1.", "at ***"],
    ["see https://me:pass@api.example/x now", "see *** now"],
    ["sent Bearer abc.def-ghi, refused", "sent ***, refused"],
    ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is old", "token *** is old"],
    ["fio-u-AbCdEfGhIjKlMnOpQrStUv is refused", "*** is refused"],
  ];
  for (const [said, shown] of rows) {
    assertEquals(text(said), shown);
    assertEquals(JSON.parse(json([{ said }])), [{ said: shown }]);
  }
});

Deno.test("createRedactor() leaves alone what is none of it", () => {
  const plain = [
    "Cannot reach https://api.frame.io/v4/accounts",
    "https://next.frame.io/project/1/view/2?tab=comments",
    "fio-take.mov and eyJ.mov by a bearer of news",
    "/home/me/state2/a.mov",
    "/home/me/state-of-the-art.mov",
    'a "quoted" \\ name 🎬.mov',
  ];
  for (const one of plain) {
    assertEquals(text(one), one);
    assertEquals(json({ one }), JSON.stringify({ one }));
  }
});

Deno.test("hiddenOf() hides the state folder, but not recordings that lie in it", () => {
  assertEquals(
    text("Cannot write the journal /home/me/state/journal.sqlite: full"),
    "Cannot write the journal journal.sqlite: full",
  );
  assertEquals(text("Cannot lock /home/me/state/locks/1"), "Cannot lock the state folder/locks/1");
  const inside = createRedactor(hiddenOf("/card", ["/card/day1"]));
  assertEquals(inside.text("/card/day1/a.mov"), "/card/day1/a.mov");
  assertEquals(inside.text("/card/journal.sqlite is full"), "journal.sqlite is full");
  for (const folder of [".", "state", "/"]) {
    const relative = createRedactor(hiddenOf(folder, ["/card"]));
    assertEquals(
      relative.text("a.mov in state/day /card/a.mov."),
      "a.mov in state/day /card/a.mov.",
    );
  }
});
