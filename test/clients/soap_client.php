<?php

/*
 * A partner who calls with PHP's SoapClient (Debian: php-cli, php-soap).
 *
 *     php soap_client.php WSDL CA CERTIFICATE KEY PREFIX [CALL...]
 *
 * PREFIX begins every PartnerReference and names the player. "-" as CERTIFICATE presents none. Without CALL: all of
 * them, in both versions. One JSON line a call says what the application reads.
 */

declare(strict_types=1);

const VERSIONS = ['1.1' => SOAP_1_1, '1.2' => SOAP_1_2];
const PARTY = ['Name' => 'Zoë Łukasiewicz 王', 'Account' => ['IBAN' => 'DE89370400440532013000']];
const REMITTANCE = 'Größe 10 € & <入金> 𝄞';

function clientFor(int $version, string $wsdl, string $ca, string $certificate, string $key): SoapClient
{
    $identity = $certificate === '-' ? [] : ['local_cert' => $certificate, 'local_pk' => $key];
    return new SoapClient($wsdl, [
        'soap_version' => $version,
        'exceptions' => true,
        'cache_wsdl' => WSDL_CACHE_NONE,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        'connection_timeout' => 20,
        'stream_context' => stream_context_create(['ssl' => ['cafile' => $ca, ...$identity]]),
    ]);
}

/** The operation and the request of every call, by name, in the order in which they are made. */
function calls(string $prefix): array
{
    $paying = fn (string $end, string $amount, array $parts): array => [
        'MessageId' => 'php-1',
        'CreationDateTime' => date(DATE_ATOM),
        'PartnerReference' => "$prefix-$end",
        'EndToEndId' => 'E2E/1 (test)',
        'PlayerId' => "$prefix-player",
        'Amount' => ['_' => $amount, 'Ccy' => 'EUR'],
        'PaymentMethod' => 'BANK_TRANSFER',
        'RemittanceInformation' => REMITTANCE,
        ...$parts,
    ];
    $from = ['Debtor' => PARTY];
    $to = ['Creditor' => PARTY];
    $deposit = $paying('in', '50.00', $from);
    return [
        'deposit' => ['Deposit', $deposit],
        'replay' => ['Deposit', ['MessageId' => 'php-2'] + $deposit],
        'withdrawal' => ['Withdrawal', $paying('out', '20.10', $to)],
        'withoutFunds' => ['Withdrawal', $paying('short', '1000', $to)],
        'status' => ['Status', ['PartnerReference' => "$prefix-in"]],
        'otherAmount' => ['Deposit', $paying('in', '50.01', $from)],
        'decimals' => ['Deposit', $paying('decimals', '1.001', $from)],
        'invalid' => ['Deposit', $paying('invalid', '1.00', $from + ['UETR' => 'none', 'Purpose' => 'gambling'])],
        'notFound' => ['Status', ['PartnerReference' => "$prefix-none"]],
    ];
}

function faultRead(SoapFault $fault): array
{
    $detail = $fault->detail->PaymentFaultDetail ?? null;
    if ($detail === null) {
        return ['message' => $fault->faultstring];
    }
    return [
        'code' => $detail->Code,
        'reason' => $detail->ReasonCode ?? null,
        'message' => $detail->Message,
        'outcome' => $detail->Outcome,
        'retry' => $detail->Retry,
        'correlationId' => $detail->CorrelationId,
        'paymentId' => $detail->PaymentId ?? null,
        'violations' => array_map(
            fn (stdClass $it): array => ['path' => $it->Path, 'rule' => $it->Rule],
            $detail->Violation ?? [],
        ),
    ];
}

/** A Result of Deposit and Withdrawal is the payment; that of Status holds it with its history. */
function resultRead(stdClass $result): array
{
    $told = $result->Payment ?? $result;
    $read = [
        'paymentId' => $told->PaymentId,
        'reference' => $told->PartnerReference,
        'endToEndId' => $told->EndToEndId ?? null,
        'status' => $told->TransactionStatus,
        'reason' => $told->StatusReason->Code ?? null,
        'amount' => $told->InstructedAmount->_,
        'currency' => $told->InstructedAmount->Ccy,
        'version' => $told->Version,
        'underReview' => $told->UnderReview,
        'acceptedAt' => $told->AcceptanceDateTime,
    ];
    if ($told !== $result) {
        $read['history'] = array_map(
            fn (stdClass $entry): string => $entry->TransactionStatus,
            $result->History->Entry,
        );
    }
    return $read;
}

function made(SoapClient $client, string $operation, array $request): array
{
    try {
        $answer = $client->__soapCall($operation, [['Request' => $request]]);
        return ['result' => resultRead($answer->Result)];
    } catch (SoapFault $fault) {
        // What SoapClient makes of a broken transport is a SoapFault too, with the code HTTP.
        if ($fault->faultcode === 'HTTP') {
            return ['failed' => 'SoapFault HTTP'];
        }
        return ['fault' => faultRead($fault)];
    }
}

[, $wsdl, $ca, $certificate, $key, $prefix] = $argv;
$wanted = array_slice($argv, 6);
foreach (VERSIONS as $name => $version) {
    $client = clientFor($version, $wsdl, $ca, $certificate, $key);
    foreach (calls("$prefix-$name") as $call => [$operation, $request]) {
        if ($wanted === [] || in_array($call, $wanted, true)) {
            $line = ['soap' => $name, 'call' => $call, ...made($client, $operation, $request)];
            echo json_encode($line, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
        }
    }
}
