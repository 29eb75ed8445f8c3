#!/usr/bin/perl
# A partner who calls with SOAP::Lite (Debian: libsoap-lite-perl).
#
#     soap_lite.pl WSDL CA CERTIFICATE KEY PREFIX [CALL...]
#
# PREFIX begins every PartnerReference and names the player. "-" as CERTIFICATE presents none. Without CALL: all of
# them, in both versions. One JSON line a call says what the application reads. SOAP::Lite takes addresses and actions
# from the WSDL, but knows no schema: the elements are put together by hand.
use strict;
use warnings;
use utf8;
use JSON::PP;
use POSIX 'strftime';
use SOAP::Lite;

my ($wsdl, $ca, $certificate, $key, $prefix, @wanted) = @ARGV;
my $types = 'urn:cagebridge:types:v1';
my $json = JSON::PP->new->utf8->canonical;
my $party = [Name => 'Zoë Łukasiewicz 王', Account => [IBAN => 'DE89370400440532013000']];

my %tls = (SSL_ca_file => $ca, $certificate eq '-' ? () : (SSL_cert_file => $certificate, SSL_key_file => $key));
my $schema = SOAP::Schema->new(schema_url => $wsdl);
$schema->useragent->ssl_opts(%tls);
my $operations = $schema->parse->services->{CagebridgePayments};

# Pairs of a name and a text, of a name and an amount, or of a name and pairs, as elements in their order.
sub elements {
    my @pairs = @_;
    my @elements;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        my $element = SOAP::Data->name($name)->uri($types);
        if (ref $value eq 'ARRAY') {
            push @elements, $element->value(\SOAP::Data->value(elements(@$value)));
            next;
        }
        # A string by name, or SOAP::Lite sends what is not ASCII in base64; without its xsi:type, which no schema wants.
        my ($text, %attributes) = ref $value ? ($value->{text}, Ccy => $value->{currency}) : $value;
        push @elements, $element->type(string => $text)->attr({'xsi:type' => undef, %attributes});
    }
    return @elements;
}

sub payment {
    my ($end, $reference, $amount, %parts) = @_;
    my $if_given = sub { map { exists $parts{$_} ? ($_ => $parts{$_}) : () } @_ };
    return (
        MessageId => $parts{MessageId} // 'perl-1',
        CreationDateTime => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime),
        PartnerReference => "$reference-$end",
        EndToEndId => 'E2E/1 (test)',
        $if_given->('UETR'),
        PlayerId => "$reference-player",
        Amount => {text => $amount, currency => 'EUR'},
        PaymentMethod => 'BANK_TRANSFER',
        $if_given->('Debtor', 'Creditor', 'Purpose'),
        RemittanceInformation => 'Größe 10 € & <入金> 𝄞',
    );
}

# The operation and the request of every call, by name, in the order in which they are made.
sub calls {
    my ($reference) = @_;
    my @from = (Debtor => $party);
    my @to = (Creditor => $party);
    return (
        [deposit => Deposit => payment('in', $reference, '50.00', @from)],
        [replay => Deposit => payment('in', $reference, '50.00', @from, MessageId => 'perl-2')],
        [withdrawal => Withdrawal => payment('out', $reference, '20.10', @to)],
        [withoutFunds => Withdrawal => payment('short', $reference, '1000', @to)],
        [status => Status => PartnerReference => "$reference-in"],
        [otherAmount => Deposit => payment('in', $reference, '50.01', @from)],
        [decimals => Deposit => payment('decimals', $reference, '1.001', @from)],
        [invalid => Deposit => payment('invalid', $reference, '1.00', @from, UETR => 'none', Purpose => 'gambling')],
        [notFound => Status => PartnerReference => "$reference-none"],
    );
}

sub fault_read {
    my ($answer) = @_;
    my $at = '//PaymentFaultDetail';
    my $text = sub { $answer->valueof("$at/$_[0]") };
    return {
        code => scalar $text->('Code'),
        reason => scalar $text->('ReasonCode'),
        message => scalar $text->('Message'),
        outcome => scalar $text->('Outcome'),
        retry => scalar $text->('Retry'),
        correlationId => scalar $text->('CorrelationId'),
        paymentId => scalar $text->('PaymentId'),
        violations => [map { {path => $_->{Path}, rule => $_->{Rule}} } $text->('Violation')],
    };
}

# A Result of Deposit and Withdrawal is the payment; that of Status holds it with its history.
sub result_read {
    my ($answer, $operation) = @_;
    my $result = $answer->valueof('//Result');
    my $told = $operation eq 'Status' ? $result->{Payment} : $result;
    my $amount = $operation eq 'Status' ? '//Result/Payment/InstructedAmount' : '//Result/InstructedAmount';
    return {
        paymentId => $told->{PaymentId},
        reference => $told->{PartnerReference},
        endToEndId => $told->{EndToEndId},
        status => $told->{TransactionStatus},
        reason => $told->{StatusReason}{Code},
        amount => $told->{InstructedAmount},
        currency => $answer->dataof($amount)->attr->{Ccy},
        version => 0 + $told->{Version},
        underReview => $told->{UnderReview} eq 'true' ? JSON::PP::true : JSON::PP::false,
        acceptedAt => $told->{AcceptanceDateTime},
        $operation eq 'Status' ? (history => [$answer->valueof('//History/Entry/TransactionStatus')]) : (),
    };
}

sub made {
    my ($client, $operation, @request) = @_;
    my $wrapper = SOAP::Data->name($operation)->uri('urn:cagebridge:payments:v1')->prefix('pay');
    my $request = SOAP::Data->name('Request')->prefix('pay')->value(\SOAP::Data->value(elements(@request)));
    my $answer = eval { $client->call($wrapper, $request) };
    return (failed => 'no SOAP answer') if !ref $answer;
    return $answer->fault ? (fault => fault_read($answer)) : (result => result_read($answer, $operation));
}

for my $version ('1.1', '1.2') {
    SOAP::Lite->soapversion($version);
    my $client = SOAP::Lite->new(proxy => $operations->{Deposit}{endpoint}->value)->autotype(0);
    $client->on_action(sub { '"' . $operations->{$_[1]}{soapaction}->value . '"' });
    $client->transport->ssl_opts(%tls);
    for my $call (calls("$prefix-$version")) {
        my ($name, $operation, @request) = @$call;
        next if @wanted && !grep { $_ eq $name } @wanted;
        print $json->encode({soap => $version, call => $name, made($client, $operation, @request)}), "\n";
    }
}
