/** The SOAP door's listener: TLS, connections, what HTTP itself refuses, and the end of it all. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { sendAnswer } from '../../platform/http-answer.ts';
import { watchConnections } from '../../platform/http-connections.ts';
import { errorCode, refuseHttpFaults } from '../../platform/http-faults.ts';
import { takeHandshakesInTurns } from '../../platform/handshake-turns.ts';
import { mutualTlsListener, type TlsIdentity } from '../../platform/tls.ts';
import { authoritiesOf } from '../partner-roster.ts';
import { outside } from './door-answers.ts';
import { doorLanes } from '../door-places.ts';
import { identifyPartner } from '../partners.ts';
import { type Listening, listeningOn, type Renewable } from '../listening.ts';
import { leavingOld } from '../old-certificates.ts';
import { openSpan } from '../span.ts';
import { answerVisit, type DoorParts } from './door.ts';

export interface SoapDoor extends Listening, Pick<Renewable, 'leaveOld'> {
  /**
   * New connections are shown this identity and are believed under these authorities from now on; what is left out stays.
   * Connections that stand go on: whether they are anybody's is asked again at each of their requests. Where TLS refuses
   * either, both stay as they were.
   * @throws where OpenSSL refuses it
   */
  renew(renewed: { readonly identity?: TlsIdentity; readonly authorities?: readonly string[] }): void;
  /**
   * Closes every connection whose certificate stands for nobody any more, the idle ones at once: to be called after each
   * change of who may come in. Who showed no certificate reads the contract, and stays.
   */
  dismissStrangers(): void;
}

/** Builds the door; nothing is bound before `listen`. */
export function openSoapDoor(parts: DoorParts, identity: TlsIdentity): SoapDoor {
  const { clock, directory, events, ids, limits } = parts;
  let served = { identity, authorities: authoritiesOf(directory.partners()) as readonly string[] };
  const server = createServer(mutualTlsListener(served.identity, served.authorities, limits));
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

  return {
    ...listeningOn(server, connections),
    renew(renewed) {
      const next = { ...served, ...renewed };
      // The whole set of options: what is left out of a context is not kept from the one before it.
      server.setSecureContext(mutualTlsListener(next.identity, next.authorities, limits));
      served = next;
    },
    leaveOld: leavingOld({ connections, clock, limits, shown: () => served.identity }),
    dismissStrangers() {
      connections.endWhere((socket) => {
        const identified = identifyPartner(socket as TLSSocket, parts);
        if (!('refused' in identified) || identified.refused === 'noCertificate') return false;
        events.dismissed(identified);
        return true;
      });
    },
  };
}
