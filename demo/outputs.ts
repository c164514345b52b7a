import { z } from 'zod';
import type { StepResult } from '../lab/runner/step.ts';
import { slots } from '../src/domain/slot.ts';
import type { Slot } from '../src/domain/slot.ts';
import type { ProxyMs } from './report.ts';

const timings = z.array(z.object({ proxy: z.string(), ms: z.number() }));

/** @throws Error when the step did not set it: its log tells why */
export function requiredOutput({ outputs, log }: StepResult, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the step set no output ${name}:\n${log}`);
  return value;
}

/** @returns ms since the epoch */
export function parseInstant(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new Error(`${text === '' ? 'nothing' : text} is no instant`);
  return instant;
}

export const parseProxyTimings = (json: string): readonly ProxyMs[] => timings.parse(JSON.parse(json));

export function parseSlot(text: string): Slot {
  const slot = slots.find((one) => one === text);
  if (slot === undefined) throw new Error(`${text} is no slot`);
  return slot;
}
