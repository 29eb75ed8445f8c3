/** The public door's listener: TLS with a certificate of its own, connections, and what HTTP itself refuses. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { sendAnswer } from '../../platform/http-answer.ts';
import { watchConnections } from '../../platform/http-connections.ts';
import { errorCode, refuseHttpFaults } from '../../platform/http-faults.ts';
import { takeHandshakesInTurns } from '../../platform/handshake-turns.ts';
import { type TlsIdentity, tlsListener } from '../../platform/tls.ts';
import { doorPlaces } from '../door-places.ts';
import { type Listening, listeningOn, type Renewable } from '../listening.ts';
import { leavingOld } from '../old-certificates.ts';
import { openSpan } from '../span.ts';
import { refusedAs } from './answers.ts';
import { answerWebhook, type PublicDoorParts } from './door.ts';

export type PublicDoor = Listening & Renewable;

/** Builds the door; nothing is bound before `listen`. */
export function openPublicDoor(parts: PublicDoorParts, identity: TlsIdentity): PublicDoor {
  const { clock, events, ids, limits } = parts;
  let shown = identity;
  const server = createServer(tlsListener(identity, limits));
  takeHandshakesInTurns(server, limits, () => events.connectionDropped());
  const connections = watchConnections(server, limits);
  server.maxConnections = limits.connectionsMax;
  const places = doorPlaces({ ...limits, partnerRequestsMax: limits.gatewayRequestsMax });

  const visit = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    connections.enter(request, response);
    const context = { correlationId: ids.uuid(), traceparent: openSpan(request) };
    void answerWebhook(parts, { request, response, context, awaitsContinue, places });
  };
  server.on('request', (request, response) => visit(request, response, false));
  server.on('checkContinue', (request, response) => visit(request, response, true));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    connections.enter(request, response);
    const { answer } = refusedAs('expectation');
    events.refused({ reason: 'expectation', status: answer.status, durationMs: 0 });
    void sendAnswer(request, response, answer, limits);
  });
  server.on('drop', () => events.connectionDropped());
  server.on('tlsClientError', (error) => events.handshakeFailed({ code: errorCode(error) }));
  refuseHttpFaults(server, connections, (reason, status) =>
    events.refused({ reason, status, durationMs: 0 }),
  );
  return {
    ...listeningOn(server, connections),
    renew(renewed) {
      server.setSecureContext(tlsListener(renewed.identity, limits));
      shown = renewed.identity;
    },
    leaveOld: leavingOld({ connections, clock, limits, shown: () => shown }),
  };
}
