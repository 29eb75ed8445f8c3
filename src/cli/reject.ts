import { verdictCommand } from './verdict.ts';

export const reject = verdictCommand('reject');
