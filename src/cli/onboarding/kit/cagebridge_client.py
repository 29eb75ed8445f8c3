"""A partner's client in Python, on Zeep.

    cagebridge_client.py deposit AMOUNT CURRENCY REFERENCE
    cagebridge_client.py withdrawal AMOUNT CURRENCY REFERENCE
    cagebridge_client.py status REFERENCE

Run it in the folder of the kit. It shows certificates/client.pem with the key that KEY names (a file, client.key where
nothing is said), and believes a server that certificates/bridge-ca.pem vouches for. SOAP=1.2 speaks SOAP 1.2.
A reference is for ever: the same one again is the same payment again, and never a second one.
"""

import datetime
import decimal
import os
import pathlib
import sys
import time

import requests
import zeep

KIT = pathlib.Path(__file__).resolve().parents[2]
PORTS = {"1.1": "PaymentsSoap11", "1.2": "PaymentsSoap12"}
TRIES = 3


def open_port():
    session = requests.Session()
    session.trust_env = False  # Otherwise REQUESTS_CA_BUNDLE would win over the authority of the kit.
    session.verify = str(KIT / "certificates" / "bridge-ca.pem")
    key = os.environ.get("KEY", str(KIT / "client.key"))
    session.cert = (str(KIT / "certificates" / "client.pem"), key)
    transport = zeep.Transport(session=session, timeout=20, operation_timeout=70)
    client = zeep.Client(str(KIT / "contract" / "payments-v1.wsdl"), transport=transport)
    return client, client.bind("CagebridgePayments", PORTS[os.environ.get("SOAP", "1.1")])


def payment(client, amount, currency, reference, **party):
    money = client.get_type("{urn:cagebridge:types:v1}CurrencyAmount")
    return {
        "MessageId": reference,
        "CreationDateTime": datetime.datetime.now(datetime.timezone.utc),
        "PartnerReference": reference,
        "PlayerId": "example-player",
        "Amount": money(decimal.Decimal(amount), Ccy=currency),
        "PaymentMethod": "BANK_TRANSFER",
        **party,
    }


def told(client, fault):
    """What a fault says to a program; None where it is none of Cagebridge's."""
    if fault.detail is None or len(fault.detail) == 0:
        return None
    return client.wsdl.types.deserialize(fault.detail[0])


def answer_to(client, operation, request):
    """Sends the same request again for as long as that is the advice: it can never be executed twice."""
    for left in reversed(range(TRIES)):
        try:
            return operation(Request=request)
        except zeep.exceptions.Fault as fault:
            detail = told(client, fault)
            if detail is None or detail.Retry != "SAME_ID" or detail.RetryAfterSeconds is None or left == 0:
                raise
            time.sleep(detail.RetryAfterSeconds)
        except requests.exceptions.RequestException:
            # No answer says nothing about the money.
            if left == 0:
                raise
            time.sleep(1)


def main(what, *rest):
    client, port = open_port()
    party = {"Name": "Erika Mustermann", "Account": {"IBAN": "DE89370400440532013000"}}
    try:
        if what == "deposit":
            result = answer_to(client, port.Deposit, payment(client, *rest, Debtor=party))
        elif what == "withdrawal":
            result = answer_to(client, port.Withdrawal, payment(client, *rest, Creditor=party))
        else:
            result = answer_to(client, port.Status, {"PartnerReference": rest[0]}).Payment
    except zeep.exceptions.Fault as fault:
        detail = told(client, fault)
        if detail is None:
            raise
        print(f"refused: {detail.Code} {detail.Outcome} {detail.Retry}: {detail.Message}")
        print(f"correlation id {detail.CorrelationId}")
        return 1
    reason = f" {result.StatusReason.Code}" if result.StatusReason else ""
    amount = result.InstructedAmount
    print(f"{result.TransactionStatus}{reason} {amount._value_1} {amount.Ccy} {result.PartnerReference} {result.PaymentId}")
    return 0


if __name__ == "__main__":
    if not (sys.argv[1:2] in (["deposit"], ["withdrawal"]) and len(sys.argv) == 5) and not (
        sys.argv[1:2] == ["status"] and len(sys.argv) == 3
    ):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
