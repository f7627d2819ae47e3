import { expect, it } from "vitest";
import { type PeerEvent, type PeerState, step } from "./machine.ts";

const EVENTS: PeerEvent[] = ["heard", "timeout", "dpr", "dpa", "stop", "expel", "probe", "lost"];

// Every state and every event: the next state, and what is done. "-": nothing happens.
it.each<[PeerState, string[]]>([
  //          heard               timeout                            dpr              dpa              stop                          expel                       probe                        lost
  [
    "open",
    [
      "-",
      "probing sendDwr armWatchdog",
      "closing armClosing",
      "-",
      "closing sendDpr armClosing",
      "closed sendDpr finishNow",
      "probing sendDwr armWatchdog",
      "closed cut",
    ],
  ],
  [
    "probing",
    [
      "open armWatchdog",
      "suspect failPending armWatchdog",
      "closing armClosing",
      "-",
      "closing sendDpr armClosing",
      "closed sendDpr finishNow",
      "-",
      "closed cut",
    ],
  ],
  [
    "suspect",
    [
      "open armWatchdog",
      "closed cut",
      "closing armClosing",
      "-",
      "closing sendDpr armClosing",
      "closed sendDpr finishNow",
      "-",
      "closed cut",
    ],
  ],
  ["closing", ["-", "closed cut", "-", "closed finish", "-", "closed finishNow", "-", "closed cut"]],
  ["closed", ["-", "-", "-", "-", "-", "-", "-", "-"]],
])("%s", (state, expected) => {
  const steps = EVENTS.map((event) => {
    const { state: next, actions } = step(state, event);
    return next === state && actions.length === 0 ? "-" : [next, ...actions].join(" ");
  });
  expect(steps).toEqual(expected);
});
