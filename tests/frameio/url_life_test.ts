import { assertEquals } from "@std/assert";
import { isOver, needsRenewal } from "../../src/frameio/url_life.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RECEIVED_MS = 1_700_000_000_000;

/** Whether a URL that says `query` needs renewal `afterMs` after it came. */
const renewal = (query: string, afterMs: number) =>
  needsRenewal(`https://s3/part?${query}`, RECEIVED_MS, RECEIVED_MS + afterMs);

Deno.test("needsRenewal() renews five minutes before the end that the URL names", () => {
  assertEquals(renewal("X-Amz-Expires=86400", 0), false);
  assertEquals(renewal("X-Amz-Expires=86400", 24 * HOUR_MS - 5 * MINUTE_MS), false);
  assertEquals(renewal("X-Amz-Expires=86400", 24 * HOUR_MS - 5 * MINUTE_MS + 1), true);
  assertEquals(renewal("a=1&X-Amz-Expires=3600&b=2", 54 * MINUTE_MS), false);
  assertEquals(renewal("a=1&X-Amz-Expires=3600&b=2", 56 * MINUTE_MS), true);
});

Deno.test("needsRenewal() takes 24 hours for a URL that does not say", () => {
  for (const query of ["", "X-Amz-Expires=", "X-Amz-Expires=soon", "X-Amz-Expires=-1"]) {
    assertEquals(renewal(query, 23 * HOUR_MS), false, query);
    assertEquals(renewal(query, 24 * HOUR_MS), true, query);
  }
});

Deno.test("needsRenewal() leaves a short-lived URL nine tenths of its life", () => {
  assertEquals(renewal("X-Amz-Expires=10", 9000), false);
  assertEquals(renewal("X-Amz-Expires=10", 9001), true);
});

Deno.test("needsRenewal() of a URL that came in the future, by a clock set back since, is false", () => {
  assertEquals(renewal("X-Amz-Expires=10", -HOUR_MS), false);
});

Deno.test("isOver() reads date and life of the URL, and says no where they are not there", () => {
  const url = "https://s3.test/p?X-Amz-Date=20240229T235930Z&X-Amz-Expires=60&X-Amz-Signature=x";
  const end = Date.parse("2024-03-01T00:00:30Z");
  assertEquals(isOver(url, end - 1), false);
  assertEquals(isOver(url, end), true);
  assertEquals(isOver(url.replace("Z&", "&"), end), false);
  assertEquals(isOver(url.replace("20240229", "20249999"), end), false, "no date");
  assertEquals(isOver(url.replace("X-Amz-Expires", "X-Amz-Other"), end), false);
  assertEquals(isOver("https://s3.test/p", end), false);
});
