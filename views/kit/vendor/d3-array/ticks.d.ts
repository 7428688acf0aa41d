export default function ticks(start: number, stop: number, count: number): number[];
export function tickIncrement(start: number, stop: number, count: number): number;
export function tickStep(start: number, stop: number, count: number): number;
