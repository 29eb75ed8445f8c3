import { redacted } from '../../platform/redaction.ts';
import { isOneWord, scrubBodies } from '../scrub-bodies.ts';

/** Elements of the contract whose text is a code, an identifier, a date or an amount. Whatever another one holds is personal or unknown. */
const kept: ReadonlySet<string> = new Set(
  `InstrId UETR CreDtTm CdtDbtInd InstdAmt Amt ReqdExctnDt Purp TxSts Cd AcctSvcrRef AccptncDtTm BookgDt ValDt FndgSts
   faultcode`.split(/\s+/),
);

/** A tag, a markup of another kind, or text. Each may be cut off at the end. */
const pieces =
  /<(\/?)((?:[\w.-]{1,40}:)?[\w.-]{1,40})((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|<[^<>]*>?|[^<]+/g;
const prolog = /^<\?xml version="1\.\d"(?: encoding="[A-Za-z0-9-]{1,20}")?\?>$/;
const currency = /["'][A-Z]{3}["']$/;
const namespace = /["'][\w:./-]{1,100}["']$/;
const attribute = /([\w.:-]+)(\s*=\s*)(?:"[^"]*"|'[^']*')/g;

/**
 * A transcript of the bank's wire without names, accounts, tokens, security headers and free texts; identifiers, codes and
 * amounts stay. Of XML only what is known is kept, however it is cut; a body that is no XML is left out.
 */
export function scrubBankTranscript(transcript: string): string {
  return scrubBodies(transcript, { begins: /^</, called: 'XML', scrubBody });
}

function scrubBody(body: string): string {
  let element = '';
  return body.replaceAll(pieces, (piece: string, ...groups: (string | undefined)[]) => {
    const [closing, name, attributes = ''] = groups;
    if (name !== undefined) {
      element = closing === '/' ? '' : name.replace(/^.*:/, '');
      return piece.replace(attributes, () => attributes.replaceAll(attribute, scrubAttribute));
    }
    if (/^\s*$/.test(piece) || prolog.test(piece)) return piece;
    return kept.has(element) && isOneWord(piece) ? piece : redacted;
  });
}

/** Namespaces and currencies are no one's. */
function scrubAttribute(found: string, name: string, equals: string): string {
  const isKept = name === 'Ccy' ? currency.test(found) : name.startsWith('xmlns') && namespace.test(found);
  return isKept ? found : `${name}${equals}"${redacted}"`;
}
