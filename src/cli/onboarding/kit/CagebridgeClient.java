import cagebridge.payments.v1.CagebridgePayments;
import cagebridge.payments.v1.PaymentFault;
import cagebridge.payments.v1.Payments;
import cagebridge.types.v1.Account;
import cagebridge.types.v1.CreditorParty;
import cagebridge.types.v1.CurrencyAmount;
import cagebridge.types.v1.DebtorParty;
import cagebridge.types.v1.DepositInstruction;
import cagebridge.types.v1.FaultInformation;
import cagebridge.types.v1.PaymentMethod;
import cagebridge.types.v1.PaymentQuery;
import cagebridge.types.v1.PaymentResult;
import cagebridge.types.v1.WithdrawalInstruction;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.ws.BindingProvider;

/**
 * A partner's client in Java, on JAX-WS (the reference implementation, 2.3; for 4.0 write jakarta.xml.ws).
 *
 * <pre>
 * CagebridgeClient deposit AMOUNT CURRENCY REFERENCE
 * CagebridgeClient withdrawal AMOUNT CURRENCY REFERENCE
 * CagebridgeClient status REFERENCE
 * </pre>
 *
 * Run it in the folder of the kit. It shows the certificate and key of client.p12, whose password is in P12_PASSWORD, and
 * believes a server that certificates/bridge-ca.pem vouches for. SOAP=1.2 speaks SOAP 1.2. A reference is for ever: the
 * same one again is the same payment again, and never a second one.
 */
public final class CagebridgeClient {
  private static final Path KIT = Paths.get("").toAbsolutePath();

  public static void main(String[] args) throws Exception {
    boolean pays = args.length == 4 && (args[0].equals("deposit") || args[0].equals("withdrawal"));
    if (!pays && !(args.length == 2 && args[0].equals("status"))) {
      System.err.println("deposit|withdrawal AMOUNT CURRENCY REFERENCE, or status REFERENCE");
      System.exit(2);
    }
    Payments port = openPort();
    try {
      PaymentResult result = pays ? pay(port, args) : status(port, args[1]);
      String reason = result.getStatusReason() == null ? "" : " " + result.getStatusReason().getCode();
      CurrencyAmount amount = result.getInstructedAmount();
      System.out.println(
          result.getTransactionStatus() + reason + " " + amount.getValue().toPlainString() + " " + amount.getCcy()
              + " " + result.getPartnerReference() + " " + result.getPaymentId());
    } catch (PaymentFault fault) {
      // Outcome says whether money moved, Retry what to do: SAME_ID means this request again, with this reference.
      FaultInformation told = fault.getFaultInfo();
      System.out.println(
          "refused: " + told.getCode() + " " + told.getOutcome() + " " + told.getRetry() + ": " + told.getMessage());
      System.out.println("correlation id " + told.getCorrelationId());
      System.exit(1);
    }
  }

  private static Payments openPort() throws Exception {
    CagebridgePayments service = new CagebridgePayments(KIT.resolve("contract/payments-v1.wsdl").toUri().toURL());
    boolean isNew = "1.2".equals(System.getenv("SOAP"));
    Payments port = isNew ? service.getPaymentsSoap12() : service.getPaymentsSoap11();
    Map<String, Object> context = ((BindingProvider) port).getRequestContext();
    context.put("com.sun.xml.ws.transport.https.client.SSLSocketFactory", socketFactory());
    context.put("com.sun.xml.ws.connect.timeout", 20_000);
    context.put("com.sun.xml.ws.request.timeout", 70_000);
    return port;
  }

  private static SSLSocketFactory socketFactory() throws Exception {
    String given = System.getenv("P12_PASSWORD");
    char[] password = (given == null ? "" : given).toCharArray();
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(KIT.resolve("client.p12"))) {
      own.load(file, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, password);
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (InputStream file = Files.newInputStream(KIT.resolve("certificates/bridge-ca.pem"))) {
      int count = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        authorities.setCertificateEntry("bridge-" + count++, one);
      }
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return tls.getSocketFactory();
  }

  private static PaymentResult pay(Payments port, String[] args) throws Exception {
    CurrencyAmount amount = new CurrencyAmount();
    amount.setValue(new BigDecimal(args[1]));
    amount.setCcy(args[2]);
    Account account = new Account();
    account.setIBAN("DE89370400440532013000");
    if (args[0].equals("deposit")) {
      DebtorParty debtor = new DebtorParty();
      debtor.setName("Erika Mustermann");
      debtor.setAccount(account);
      DepositInstruction request = new DepositInstruction();
      request.setMessageId(args[3]);
      request.setCreationDateTime(now());
      request.setPartnerReference(args[3]);
      request.setPlayerId("example-player");
      request.setAmount(amount);
      request.setPaymentMethod(PaymentMethod.BANK_TRANSFER);
      request.setDebtor(debtor);
      return port.deposit(request);
    }
    CreditorParty creditor = new CreditorParty();
    creditor.setName("Erika Mustermann");
    creditor.setAccount(account);
    WithdrawalInstruction request = new WithdrawalInstruction();
    request.setMessageId(args[3]);
    request.setCreationDateTime(now());
    request.setPartnerReference(args[3]);
    request.setPlayerId("example-player");
    request.setAmount(amount);
    request.setPaymentMethod(PaymentMethod.BANK_TRANSFER);
    request.setCreditor(creditor);
    return port.withdrawal(request);
  }

  private static PaymentResult status(Payments port, String reference) throws Exception {
    PaymentQuery query = new PaymentQuery();
    query.setPartnerReference(reference);
    return port.status(query).getPayment();
  }

  /** With its zone, which the contract requires. */
  private static XMLGregorianCalendar now() throws Exception {
    return DatatypeFactory.newInstance().newXMLGregorianCalendar(Instant.now().toString());
  }
}
