import { assertEquals } from "@std/assert";
import { clean, displayWidth, fit, wrap } from "../../src/cli/width.ts";

Deno.test("clean() neutralizes what could move the cursor, change colors or turn the line", () => {
  const cases: [string, string][] = [
    ["a\x1b[2Jb", "a�[2Jb"],
    ["a\nb\r\tc\0", "a�b��c�"],
    ["a\x9b31mb\x7f", "a�31mb�"],
    ["gnp\u202emov.exe\u2066", "gnp�mov.exe�"],
    ["a\u2028b\u200bc\ufeff", "a�b�c�"],
    ["half \ud83c pair", "half � pair"],
    ["Grüße 片段 e\u0301 🎬 👨‍👩‍👧", "Grüße 片段 e\u0301 🎬 👨‍👩‍👧"],
  ];
  for (const [text, safe] of cases) assertEquals(clean(text), safe);
});

Deno.test("displayWidth() counts wide, narrow and combining characters, never too few", () => {
  const cases: [string, number][] = [
    ["take01.mov", 10],
    ["片段テスト", 10],
    ["한국어", 6],
    ["ｱｲｳ", 3],
    ["ＡＢ", 4],
    ["e\u0301", 1],
    ["🎬", 2],
    ["❤️", 2],
    ["🇨🇭", 2],
    ["👨‍👩‍👧", 6],
    ["█▓▒░·●◐", 7],
  ];
  for (const [text, columns] of cases) assertEquals(displayWidth(text), columns, text);
});

Deno.test("fit() cuts with an ellipsis, and no character in two", () => {
  assertEquals(fit("take01.mov", 10), "take01.mov");
  assertEquals(fit("take01.mov", 9), "take01.m…");
  assertEquals(fit("片段テスト", 6), "片段…");
  assertEquals(fit("e\u0301e\u0301e\u0301", 2), "e\u0301…");
  assertEquals(fit("👨‍👩‍👧 family", 6), "…");
  assertEquals(fit("take01.mov", 1), "…");
  assertEquals(fit("take01.mov", 0), "");
});

Deno.test("wrap() breaks at spaces, and ends what does not fit in an ellipsis", () => {
  assertEquals(wrap("one two three four", 9, 3), ["one two", "three", "four"]);
  assertEquals(wrap("one two three four", 9, 2), ["one two", "three fo…"]);
  assertEquals(wrap("averylongword and more", 6, 9), ["avery…", "and", "more"]);
  assertEquals(wrap("", 5, 2), [""]);
});
