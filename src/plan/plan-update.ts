import { StreamingRefusal } from "../common/millrace-error.js";
import type { AnalysedNode } from "./analysed-node.js";
import { exposeKey } from "./expose-key.js";
import { inferProperties } from "./infer-properties.js";
import { inputsOf } from "./map-inputs.js";
import { placeOf } from "./place-of.js";
import { isInsertOnly } from "./properties.js";
import { sendUpserts } from "./send-upserts.js";

/** Update mode: the key by which rows are replaced, hidden where projections dropped it (DESIGN 4.3). */
export function planUpdate(
  root: AnalysedNode,
  sinkDeletes: boolean,
): { readonly root: AnalysedNode; readonly key: readonly number[] | null } {
  const { kinds } = inferProperties(root);
  const exposed = exposeKey(root);
  if (isInsertOnly(inferProperties(root)))
    return { root, key: exposed !== null && exposed.node === root ? exposed.key : null };
  if (exposed === null) refuseNoKey(root, "its rows have no key by which a changed row could replace its old form");
  if (kinds.delete && exposed.node !== root)
    refuseNoKey(root, "it can delete rows, but the key of the rows is not among the columns that the sink gets");
  if (kinds.delete && !sinkDeletes) refuseDeletes(root);
  return { root: sendUpserts(exposed.node), key: exposed.key };
}

function refuseNoKey(root: AnalysedNode, reason: string): never {
  const place = placeOf(lowestThat(root, (node) => !isInsertOnly(inferProperties(node))));
  throw new StreamingRefusal("UPDATE_NO_KEY", `Update mode cannot send this query: ${reason}.`, {
    place,
    hint: "Select the key columns, or use outputMode('changelog') or outputMode('complete').",
  });
}

function refuseDeletes(root: AnalysedNode): never {
  const place = placeOf(lowestThat(root, (node) => inferProperties(node).kinds.delete));
  throw new StreamingRefusal(
    "UPDATE_NEEDS_DELETE",
    "This query can delete rows that it has sent, but the sink cannot delete.",
    {
      place,
      hint: "Use a sink that can delete, outputMode('complete'), or outputMode('append') with a watermark.",
    },
  );
}

/** The operator that brings a property into the plan. */
function lowestThat(root: AnalysedNode, holds: (node: AnalysedNode) => boolean): AnalysedNode {
  const below = inputsOf(root).find(holds);
  return below === undefined ? root : lowestThat(below, holds);
}
