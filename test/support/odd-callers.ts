/** Callers whose certificates no authority should have made, each with the chain that it sends. */
import 'reflect-metadata';
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { derElement, derSequence, pemOf } from '../../src/pki/der.ts';
import { derChildren, derWhole } from '../../src/pki/der-reader.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { signingBy } from '../../src/pki/signing.ts';
import { daysFromNow, partnerUri } from './tls-callers.ts';

const inDate = { notBefore: daysFromNow(-1), notAfter: daysFromNow(30), keyKind: 'ec-p256' } as const;

async function acmeUnder(
  issuer: Pick<Authority, 'signer'>,
  dns?: string,
  keyKind: 'ec-p256' | 'rsa-2048' = 'ec-p256',
): Promise<Credential> {
  return issueLeaf({
    name: 'CN=acme',
    usages: ['clientAuth'],
    altNames: [
      { type: 'url', value: partnerUri('acme') },
      ...(dns === undefined ? [] : [{ type: 'dns' as const, value: dns }]),
    ],
    ...inDate,
    keyKind,
    issuer,
  });
}

/** Below this authority: what a leaf has issued, what stands one authority too low, what has a name too many, SHA-1. */
export async function makeOddCallers(root: Authority) {
  const someLeaf = await acmeUnder(root);
  const byLeaf = await acmeUnder({ signer: { ...signerOf(someLeaf), chain: [] } });
  const last = await makeAuthority({ name: 'CN=Last CA', ...inDate, issuer: root, pathLength: 0 });
  const oneMore = await makeAuthority({ name: 'CN=One More CA', ...inDate, issuer: last });
  const tooLow = await acmeUnder(oneMore);
  const narrow = await narrowAuthority(root);
  return {
    last,
    oneMore,
    narrow,
    byLeaf: sending(byLeaf, someLeaf),
    tooLow: sending(tooLow, oneMore, last),
    nameInside: sending(await acmeUnder(narrow, 'pay.bank.example'), narrow),
    nameOutside: sending(await acmeUnder(narrow, 'pay.other.example'), narrow),
    sha1: withSha1(await acmeUnder(root, undefined, 'rsa-2048'), root),
  };
}

function signerOf({ certificate, key }: Credential) {
  return { ...keySigner(createPrivateKey(key)), certificate };
}

/** May issue for hosts below one name only (RFC 5280 section 4.2.1.10). */
async function narrowAuthority(root: Authority): Promise<Authority> {
  const like = await makeAuthority({ name: 'CN=Narrow CA', ...inDate, issuer: root });
  const { algorithm, keys, crypto } = signingBy(root.signer);
  const subtree = derSequence(derElement(0x82, Buffer.from('bank.example')));
  const plain = new ParsedCertificate(like.certificate);
  const narrow = await X509CertificateGenerator.create(
    {
      serialNumber: plain.serialNumber,
      subject: plain.subjectName,
      issuer: plain.issuerName,
      notBefore: plain.notBefore,
      notAfter: plain.notAfter,
      publicKey: plain.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
        new Extension('2.5.29.30', true, derSequence(derElement(0xa0, subtree))),
      ],
    },
    crypto,
  );
  const certificate = `${narrow.toString('pem')}\n`;
  return { ...like, certificate, signer: { ...like.signer, certificate } };
}

function sending(credential: Credential, ...above: readonly Credential[]): Credential {
  const certificate = [credential, ...above].map((one) => one.certificate).join('');
  return { certificate, key: credential.key };
}

const sha256WithRsa = Buffer.from('2a864886f70d01010b', 'hex');
const sha1WithRsa = Buffer.from('2a864886f70d010105', 'hex');

/** The same certificate under the algorithm that nobody should sign with any more. */
function withSha1(leaf: Credential, issuer: Authority): Credential {
  const [body, algorithm] = derChildren(derWhole(new X509Certificate(leaf.certificate).raw));
  const signed = named(body?.whole);
  const signature = sign('sha1', signed, issuer.key);
  const der = derSequence(signed, named(algorithm?.whole), derElement(0x03, Buffer.from([0]), signature));
  return { certificate: pemOf('CERTIFICATE', der), key: leaf.key };
}

function named(bytes: Buffer = Buffer.alloc(0)): Buffer {
  const copy = Buffer.from(bytes);
  sha1WithRsa.copy(copy, copy.indexOf(sha256WithRsa));
  return copy;
}
