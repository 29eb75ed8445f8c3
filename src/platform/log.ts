import { ecsFields, ecsStringify } from '@elastic/ecs-winston-format';
import winston from 'winston';
import { type LogFields, permittedFields } from './redaction.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What happened, dotted and in the past tense: `payment.settled`. */
export type LogEvent = `${Lowercase<string>}.${string}`;

/** One JSON line an event, by the Elastic Common Schema. Fields that are not in the table do not pass. */
export type Log = Readonly<Record<LogLevel, (event: LogEvent, fields?: LogFields) => void>>;

export interface LogOptions {
  readonly level: LogLevel;
  /** Standard error where nothing else is said: standard output is for what machines read. */
  readonly stream?: NodeJS.WritableStream;
}

export function createLog({ level, stream = process.stderr }: LogOptions): Log {
  const logger = winston.createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: winston.format.combine(
      ecsFields({ serviceName: 'cagebridge', apmIntegration: false, convertErr: false }),
      ecsStringify(),
    ),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
    exitOnError: false,
  });
  const ofEach = { 'process.pid': process.pid };
  const at =
    (wanted: LogLevel) =>
    (event: LogEvent, fields: LogFields = {}): void => {
      logger.log({
        level: wanted,
        message: event,
        ...ofEach,
        'event.action': event,
        ...permittedFields(fields),
      });
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
