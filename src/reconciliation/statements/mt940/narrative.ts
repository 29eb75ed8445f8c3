/** What a :86: tells of an entry, whatever its bank's manner. Words are by their German names: EREF, KREF, MREF, CRED. */
export interface Narrative {
  /** The German code of the kind of booking (Geschäftsvorfallcode), three digits. */
  readonly gvc?: string;
  readonly primaNota?: string;
  /** Added to the code; of a return, its reason (Textschlüsselergänzung). */
  readonly extension?: string;
  readonly remittance?: string;
  /** The bank's words, one piece each. */
  readonly information: readonly string[];
  readonly words: ReadonlyMap<string, string>;
  readonly name?: string;
  readonly account?: string;
  readonly bic?: string;
}
