import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pageAssets } from "../../src/control/page/assets.ts";
import type { TakeEvent } from "../../src/events.ts";
import { controlWorld } from "./control_world.ts";

/** Every type of event, once; the compiler keeps this list whole. */
const EVENT_TYPES: Record<TakeEvent["type"], true> = {
  "take.started": true,
  "asset.requested": true,
  "asset.missed": true,
  "asset.created": true,
  "asset.abandoned": true,
  "head.fixed": true,
  "recording.shifted": true,
  "part.planned": true,
  "part.registered": true,
  "part.started": true,
  "part.stored": true,
  "part.changed": true,
  "finish.asked": true,
  "finish.withdrawn": true,
  "recording.ended": true,
  "take.finalized": true,
  "take.verified": true,
  "asset.completed": true,
  "take.resumed": true,
  "take.recalled": true,
  "recording.grown": true,
  "recording.quieted": true,
  "recording.changed_after_final": true,
  "part.delayed": true,
  "service.delayed": true,
  "take.warned": true,
  "take.suspended": true,
  "take.failed": true,
  "take.paused": true,
  "take.unpaused": true,
  "take.cancelled": true,
};

const textOf = (path: string) => pageAssets.find((asset) => asset.path === path)!.text;

Deno.test("createApp() serves every file of the page with its type and the version", async () => {
  const { ask } = controlWorld();
  for (const { path, contentType } of pageAssets) {
    const response = await ask(path);
    assertEquals(response.status, 200, path);
    assertEquals(response.headers.get("Content-Type"), contentType);
    await response.body?.cancel();
  }
  const page = await (await ask("/")).text();
  assertStringIncludes(page, "reeltime 1.2.3");
  assert(!page.includes("%VERSION%"));
});

Deno.test("page loads only what the same server serves, and nothing that its policy forbids", () => {
  const served = new Set(pageAssets.map((asset) => asset.path));
  const html = textOf("/") + textOf("/login");
  const loads = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
  assert(loads.length >= 3);
  for (const url of loads) {
    assert(served.has(url) || /^(data:|#)/.test(url) || url === "/api/takes", url);
  }
  assert(!/<style|\sstyle=|\son\w+=|<script(?![^>]*src=)/.test(html), "inline code or style");
  for (const { path, text } of pageAssets.filter((asset) => asset.path.endsWith(".js"))) {
    for (const [, name] of text.matchAll(/from "\.(\/[^"]+)"/g)) {
      assert(served.has(name!), `${path} imports ${name}`);
    }
    assert(!/https?:\/\//.test(text), `${path} names another server`);
  }
  assert(!/@import|url\(/.test(textOf("/page.css")));
});

Deno.test("page sets what comes from outside as text, never as markup", () => {
  for (const { path, text } of pageAssets) {
    const markup = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|eval\(/;
    assert(!markup.test(text), path);
  }
});

Deno.test("page listens to every type of event", () => {
  for (const type of [...Object.keys(EVENT_TYPES), "events.missed"]) {
    assertStringIncludes(textOf("/page.js"), `"${type}"`);
  }
});
