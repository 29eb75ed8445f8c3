import { verdictCommand } from './verdict.ts';

export const approve = verdictCommand('approve');
