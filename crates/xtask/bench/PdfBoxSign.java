// A visible signature by PDFBox 2, appended: SOURCE TARGET P12 PASSWORD PICTURE.
import java.io.*;
import java.security.*;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.*;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.*;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.visible.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.*;

public class PdfBoxSign {
    public static void main(String[] words) throws Exception {
        char[] password = words[3].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(words[2])) { store.load(file, password); }
        String alias = store.aliases().nextElement();
        PrivateKey key = (PrivateKey) store.getKey(alias, password);
        Certificate[] chain = store.getCertificateChain(alias);

        try (PDDocument document = PDDocument.load(new File(words[0])); OutputStream out = new BufferedOutputStream(new FileOutputStream(words[1]))) {
            PDSignature signature = new PDSignature();
            signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
            signature.setSubFilter(PDSignature.SUBFILTER_ETSI_CADES_DETACHED);
            signature.setSignDate(Calendar.getInstance());
            PDVisibleSignDesigner design;
            try (InputStream picture = new FileInputStream(words[4])) { design = new PDVisibleSignDesigner(document, picture, 1); }
            design.xAxis(400).yAxis(640).width(113).height(113);
            PDVisibleSigProperties shown = new PDVisibleSigProperties();
            shown.page(1).visualSignEnabled(true).setPdVisibleSignature(design).buildSignature();
            SignatureOptions options = new SignatureOptions();
            options.setVisualSignature(shown.getVisibleSignature());
            options.setPage(0);
            options.setPreferredSignatureSize(16384);
            document.addSignature(signature, content -> cms(content, key, chain), options);
            document.saveIncremental(out);
        }
    }

    private static byte[] cms(InputStream content, PrivateKey key, Certificate[] chain) throws IOException {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
            generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                .build(signer, (X509Certificate) chain[0]));
            generator.addCertificates(new JcaCertStore(Arrays.asList(chain)));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            content.transferTo(bytes);
            return generator.generate(new CMSProcessableByteArray(bytes.toByteArray()), false).getEncoded();
        } catch (Exception problem) {
            throw new IOException(problem);
        }
    }
}
