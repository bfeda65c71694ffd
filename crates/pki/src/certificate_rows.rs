//! Every field of a certificate as rows of text, for the table of details.

use crate::certificate::{FieldRow, hex, key_usage_names, line_of};
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::X509Certificate;

/// All rows, in the order of the certificate.
pub(crate) fn rows(certificate: &X509Certificate<'_>) -> Vec<FieldRow> {
    let validity = certificate.validity();
    let key = certificate.public_key();
    let fields = [
        ("version", format!("{}", certificate.version().0.saturating_add(1))),
        ("serial_number", hex(certificate.raw_serial())),
        (
            "signature_algorithm",
            certificate.signature_algorithm.algorithm.to_id_string(),
        ),
        ("issuer", line_of(certificate.issuer())),
        ("not_before", validity.not_before.to_string()),
        ("not_after", validity.not_after.to_string()),
        ("subject", line_of(certificate.subject())),
        ("public_key_algorithm", key.algorithm.algorithm.to_id_string()),
        ("public_key", hex(&key.subject_public_key.data)),
    ];
    let fields = fields.into_iter().map(|(name, value)| FieldRow {
        name: name.to_owned(),
        value,
    });
    let extensions = certificate.extensions().iter().map(extension_row);
    let signature = FieldRow {
        name: "signature".to_owned(),
        value: hex(&certificate.signature_value.data),
    };
    fields.chain(extensions).chain([signature]).collect()
}

fn extension_row(extension: &X509Extension<'_>) -> FieldRow {
    let (name, value) = match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(found) => (
            "authority_key_identifier",
            found.key_identifier.as_ref().map(|id| hex(id.0)),
        ),
        ParsedExtension::SubjectKeyIdentifier(found) => ("subject_key_identifier", Some(hex(found.0))),
        ParsedExtension::KeyUsage(usage) => ("key_usage", Some(key_usage_names(usage).join("\n"))),
        ParsedExtension::CertificatePolicies(policies) => (
            "certificate_policies",
            Some(lines(policies.iter().map(|policy| policy.policy_id.to_id_string()))),
        ),
        ParsedExtension::SubjectAlternativeName(names) => (
            "subject_alternative_name",
            Some(lines(names.general_names.iter().map(general_name))),
        ),
        ParsedExtension::BasicConstraints(found) => {
            let length = found
                .path_len_constraint
                .map(|length| format!("\npathLen={length}"))
                .unwrap_or_default();
            ("basic_constraints", Some(format!("CA={}{length}", found.ca)))
        }
        ParsedExtension::ExtendedKeyUsage(_) => ("extended_key_usage", None),
        ParsedExtension::CRLDistributionPoints(points) => {
            let names = points
                .points
                .iter()
                .filter_map(|point| point.distribution_point.as_ref());
            ("crl_distribution_points", Some(lines(names.map(distribution_point))))
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            let text = access.accessdescs.iter().map(|one| {
                format!(
                    "{} {}",
                    one.access_method.to_id_string(),
                    general_name(&one.access_location)
                )
            });
            ("authority_info_access", Some(lines(text)))
        }
        _ => ("", None),
    };
    let name = if name.is_empty() {
        extension.oid.to_id_string()
    } else {
        format!("extension.{name}")
    };
    let critical = if extension.critical { "critical\n" } else { "" };
    // What is not spelt out is shown as its bytes: nothing in the certificate is left out.
    let value = value.unwrap_or_else(|| hex(extension.value));
    FieldRow {
        name,
        value: format!("{critical}{value}"),
    }
}

fn lines(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n")
}

fn distribution_point(point: &DistributionPointName<'_>) -> String {
    match point {
        DistributionPointName::FullName(names) => lines(names.iter().map(general_name)),
        DistributionPointName::NameRelativeToCRLIssuer(_) => "relative to the CRL issuer".to_owned(),
    }
}

fn general_name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::URI(text) | GeneralName::DNSName(text) | GeneralName::RFC822Name(text) => (*text).to_owned(),
        GeneralName::DirectoryName(name) => line_of(name),
        GeneralName::IPAddress(bytes) => hex(bytes),
        other => other.to_string(),
    }
}
