/** The SOAP door's listener: TLS, connections, what HTTP itself refuses, and the end of it all. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { sendAnswer } from '../../platform/http-answer.ts';
import { watchConnections } from '../../platform/http-connections.ts';
import { errorCode, refuseHttpFaults } from '../../platform/http-faults.ts';
import { takeHandshakesInTurns } from '../../platform/handshake-turns.ts';
import { mutualTlsListener, type TlsIdentity } from '../../platform/tls.ts';
import { authoritiesOf } from '../partner-roster.ts';
import { outside } from './door-answers.ts';
import { doorLanes } from '../door-places.ts';
import { type Listening, listeningOn } from '../listening.ts';
import { openSpan } from '../span.ts';
import { answerVisit, type DoorParts } from './door.ts';

export type SoapDoor = Listening;

/** Builds the door; nothing is bound before `listen`. */
export function openSoapDoor(parts: DoorParts, identity: TlsIdentity): SoapDoor {
  const { directory, events, ids, limits } = parts;
  const server = createServer(mutualTlsListener(identity, authoritiesOf(directory.partners()), limits));
  takeHandshakesInTurns(server, limits, () => events.connectionDropped());
  const connections = watchConnections(server, limits);
  server.maxConnections = limits.connectionsMax;
  const lanes = doorLanes(limits);

  const visit = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    connections.enter(request, response);
    const context = { correlationId: ids.uuid(), traceparent: openSpan(request) };
    void answerVisit(parts, { request, response, context, awaitsContinue, lanes });
  };
  server.on('request', (request, response) => visit(request, response, false));
  server.on('checkContinue', (request, response) => visit(request, response, true));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    connections.enter(request, response);
    const { answer, refused } = outside('expectation');
    events.refused({ ...refused, status: answer.status, durationMs: 0 });
    void sendAnswer(request, response, answer, limits);
  });
  server.on('drop', () => events.connectionDropped());
  server.on('tlsClientError', (error) => events.handshakeFailed({ code: errorCode(error) }));
  refuseHttpFaults(server, connections, (reason, status) =>
    events.refused({ reason, status, durationMs: 0 }),
  );

  return listeningOn(server, connections);
}
