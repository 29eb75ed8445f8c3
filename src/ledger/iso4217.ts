/**
 * ISO 4217 as a table: which codes are money here, and how many decimals their minor unit has.
 *
 * Source: ISO 4217 list one as published on 2024-06-25, read from npm currency-codes 2.2.0; amended by hand with XCG
 * (Caribbean guilder, list one of 2025). Codes without a minor unit (metals, bond units, SDR, XTS, XXX) are no money
 * and are left out. A test compares this table with that package, so that a newer source shows what changed.
 */
export const iso4217Version = '2024-06-25+XCG';

export const currenciesByDigits: Readonly<Record<0 | 2 | 3 | 4, string>> = {
  0: `
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF`,
  2: `
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ
    GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN
    UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: `
    BHD IQD JOD KWD LYD OMR TND`,
  4: `
    CLF UYW`,
};
