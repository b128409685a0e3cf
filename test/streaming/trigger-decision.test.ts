import { describe, expect, test } from "vitest";
import { decideTrigger, type TriggerDecision, type TriggerFacts } from "../../src/streaming/trigger-decision.js";

const quiet: TriggerFacts = {
  hasNewRows: false,
  newlyEnded: false,
  allEnded: false,
  idleMoves: false,
  drainRequested: false,
  trigger: "asSoonAsPossible",
  triggersRun: 3,
};

describe("what the loop does next", () => {
  const cases: readonly (readonly [string, Partial<TriggerFacts>, TriggerDecision])[] = [
    ["nothing new", {}, "wait"],
    ["rows", { hasNewRows: true }, "run"],
    ["a source has ended", { newlyEnded: true }, "run"],
    ["all have ended and the plan knows", { allEnded: true }, "end"],
    ["an idle timeout moves a watermark", { idleMoves: true }, "run"],
    ["drain with rows left", { drainRequested: true, hasNewRows: true }, "run"],
    ["drain with none left", { drainRequested: true }, "drain"],
    ["drain when all has ended: nothing is held back any more", { drainRequested: true, allEnded: true }, "end"],
    ["drain comes before an idle timeout", { drainRequested: true, idleMoves: true }, "drain"],
    ["processing time: nothing new", { trigger: "processingTime" }, "wait"],
    ["processing time: rows", { trigger: "processingTime", hasNewRows: true }, "run"],
    ["availableNow: rows left", { trigger: "availableNow", hasNewRows: true }, "run"],
    ["availableNow: done", { trigger: "availableNow" }, "end"],
    ["availableNow: an idle timeout is no reason", { trigger: "availableNow", idleMoves: true }, "end"],
    ["availableNow: drain", { trigger: "availableNow", drainRequested: true }, "drain"],
    ["once: first trigger", { trigger: "once", hasNewRows: true, triggersRun: 0 }, "run"],
    ["once: nothing there", { trigger: "once", triggersRun: 0 }, "end"],
    ["once: spent, whatever has come", { trigger: "once", hasNewRows: true, newlyEnded: true, triggersRun: 1 }, "end"],
    ["once: spent, then drained", { trigger: "once", newlyEnded: true, drainRequested: true, triggersRun: 1 }, "drain"],
  ];
  test.each(cases)("%s", (_name, facts, expected) => {
    expect(decideTrigger({ ...quiet, ...facts })).toBe(expected);
  });
});
