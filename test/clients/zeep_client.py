"""A partner who calls with Zeep (Debian: python3-zeep).

    zeep_client.py WSDL CA CERTIFICATE KEY PREFIX [CALL...]

PREFIX begins every PartnerReference and names the player. "-" as CERTIFICATE presents none. Without CALL: all of
them, over both ports. One JSON line a call says what the application reads.
"""

import datetime
import json
import sys

import requests
import zeep

PORTS = {"1.1": "PaymentsSoap11", "1.2": "PaymentsSoap12"}
TYPES = "{urn:cagebridge:types:v1}"
NAME = "Zoë Łukasiewicz 王"
REMITTANCE = "Größe 10 € & <入金> 𝄞"


def payment(client, reference, player, **parts):
    amount = client.get_type(TYPES + "CurrencyAmount")
    return {
        "MessageId": "zeep-1",
        "CreationDateTime": datetime.datetime.now(datetime.timezone.utc),
        "PartnerReference": reference,
        "EndToEndId": "E2E/1 (test)",
        "PlayerId": player,
        "PaymentMethod": "BANK_TRANSFER",
        "RemittanceInformation": REMITTANCE,
        **parts,
        "Amount": amount(parts["Amount"], Ccy="EUR"),
    }


def calls(client, port, prefix):
    """The operation and the request of every call, by name, in the order in which they are made."""
    player = f"{prefix}-player"
    party = {"Name": NAME, "Account": {"IBAN": "DE89370400440532013000"}}

    def paying(end, amount, **parts):
        return payment(client, f"{prefix}-{end}", player, Amount=amount, **parts)

    deposit = paying("in", "50.00", Debtor=party)
    return {
        "deposit": (port.Deposit, deposit),
        "replay": (port.Deposit, {**deposit, "MessageId": "zeep-2"}),
        "withdrawal": (port.Withdrawal, paying("out", "20.10", Creditor=party)),
        "withoutFunds": (port.Withdrawal, paying("short", "1000", Creditor=party)),
        "status": (port.Status, {"PartnerReference": f"{prefix}-in"}),
        "otherAmount": (port.Deposit, paying("in", "50.01", Debtor=party)),
        "decimals": (port.Deposit, paying("decimals", "1.001", Debtor=party)),
        "invalid": (port.Deposit, paying("invalid", "1.00", UETR="none", Purpose="gambling", Debtor=party)),
        "notFound": (port.Status, {"PartnerReference": f"{prefix}-none"}),
    }


def fault_read(client, fault):
    if fault.detail is None or len(fault.detail) == 0:
        return {"message": fault.message}
    detail = client.wsdl.types.deserialize(fault.detail[0])
    return {
        "code": detail.Code,
        "reason": detail.ReasonCode,
        "message": detail.Message,
        "outcome": detail.Outcome,
        "retry": detail.Retry,
        "correlationId": detail.CorrelationId,
        "paymentId": detail.PaymentId,
        "violations": [{"path": it.Path, "rule": it.Rule} for it in detail.Violation],
    }


def result_read(result):
    """A Result of Deposit and Withdrawal is the payment; that of Status holds it with its history."""
    told = result.Payment if hasattr(result, "Payment") else result
    read = {
        "paymentId": told.PaymentId,
        "reference": told.PartnerReference,
        "endToEndId": told.EndToEndId,
        "status": told.TransactionStatus,
        "reason": told.StatusReason and told.StatusReason.Code,
        "amount": str(told.InstructedAmount._value_1),
        "currency": told.InstructedAmount.Ccy,
        "version": told.Version,
        "underReview": told.UnderReview,
        "acceptedAt": told.AcceptanceDateTime.isoformat(),
    }
    if told is not result:
        read["history"] = [entry.TransactionStatus for entry in result.History.Entry]
    return read


def made(client, operation, request):
    try:
        return {"result": result_read(operation(Request=request))}
    except zeep.exceptions.Fault as fault:
        return {"fault": fault_read(client, fault)}
    except Exception as error:  # What an application sees when no SOAP answer came.
        return {"failed": type(error).__name__}


def main(wsdl, ca, certificate, key, prefix, *wanted):
    session = requests.Session()
    session.trust_env = False  # Otherwise REQUESTS_CA_BUNDLE would win over the CA that was named.
    session.verify = ca
    session.cert = None if certificate == "-" else (certificate, key)
    transport = zeep.Transport(session=session, timeout=20, operation_timeout=20)
    client = zeep.Client(wsdl, transport=transport)
    for version, name in PORTS.items():
        port = client.bind("CagebridgePayments", name)
        for call, (operation, request) in calls(client, port, f"{prefix}-{version}").items():
            if call in (wanted or (call,)):
                print(json.dumps({"soap": version, "call": call, **made(client, operation, request)}))


main(*sys.argv[1:])
