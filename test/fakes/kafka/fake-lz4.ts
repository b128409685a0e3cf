/** Adds what a compressed lz4 block stands for to `out`, which holds what came before. */
export function unlz4Block(block: Uint8Array, out: number[]): void {
  let at = 0;
  const length = (start: number): number => {
    let total = start;
    if (start === 15) {
      let byte: number;
      do {
        byte = block[at++]!;
        total += byte;
      } while (byte === 255);
    }
    return total;
  };
  while (at < block.length) {
    const token = block[at++]!;
    for (let literals = length(token >> 4); literals > 0; literals--) out.push(block[at++]!);
    if (at >= block.length) return;
    const back = block[at]! + block[at + 1]! * 256;
    at += 2;
    for (let matched = length(token & 15) + 4; matched > 0; matched--) out.push(out[out.length - back]!);
  }
}
