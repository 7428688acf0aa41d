/** Version 0.1.3. A code of these bytes or letters: `data` are rows of modules, true for dark. */
export function encode(
  data: string | number[],
  options?: { ecc?: "L" | "M" | "Q" | "H"; border?: number; boostEcc?: boolean },
): { version: number; size: number; data: boolean[][] };
