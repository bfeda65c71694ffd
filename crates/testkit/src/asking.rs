//! A business system that asks people to sign by the platform's signing tasks.

use base64::Engine as _;
use platform::client::PlatformClient;
use platform::wire::{NewSigningContent, NewSigningTask, SigningTaskMade, SigningTaskState};
use server::RunningServer;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The system, registered by the operator.
pub struct Asking {
    /// Talks to the platform.
    pub client: PlatformClient,
    /// The system's key.
    pub api_key: String,
}

impl Asking {
    /// Registers the system.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn registered(server: &RunningServer) -> Self {
        let client = PlatformClient::new(&server.base_url, server.sandbox_token.clone()).expect("an address");
        client.sign_in("operator", "ganjiang").await.expect("the operator");
        let made = client.add_business_system("某市公共资源交易平台", Uuid::new_v4()).await;
        Self {
            api_key: made.expect("registered").api_key,
            client,
        }
    }

    /// Asks for a signature within ten minutes, of anybody or of one account.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn asks(&self, content: NewSigningContent, account: Option<&str>) -> SigningTaskMade {
        let task = NewSigningTask {
            title: "签署投标承诺函".to_owned(),
            content,
            credit_code: None,
            account: account.map(str::to_owned),
            seconds: Some(600),
        };
        let made = self.client.make_signing_task(&self.api_key, Uuid::new_v4(), &task);
        made.await.expect("a task")
    }

    /// Where a task stands.
    ///
    /// # Panics
    /// When the platform does not tell.
    pub async fn state(&self, made: &SigningTaskMade) -> SigningTaskState {
        let task = self.client.made_signing_task(&self.api_key, made.task.id).await;
        task.expect("told").state
    }
}

/// A document to be signed.
pub fn letter(bytes: &[u8]) -> NewSigningContent {
    NewSigningContent::Document {
        file_name: "承诺函 第1版.pdf".to_owned(),
        file: base64::engine::general_purpose::STANDARD.encode(bytes),
    }
}

/// The digest of something that the system keeps to itself.
pub fn digest(content: &[u8]) -> NewSigningContent {
    NewSigningContent::Digest {
        name: "报价单".to_owned(),
        sha256: Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    }
}

/// A screenshot (PNG): the code of some words on grey, or grey alone.
///
/// # Panics
/// When the words do not fit into a code.
pub fn code_picture(words: &str) -> Vec<u8> {
    let mut page = image::GrayImage::from_pixel(900, 700, image::Luma([225]));
    if !words.is_empty() {
        let code = qrcode::QrCode::new(words).unwrap();
        let (side, scale) = (code.width() as u32, 6);
        for (at, colour) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (at as u32 % side, at as u32 / side);
            let value = if colour == qrcode::Color::Dark { 25 } else { 250 };
            for inside in 0..scale * scale {
                let (left, top) = (x * scale + inside % scale, y * scale + inside / scale);
                page.put_pixel(200 + left, 100 + top, image::Luma([value]));
            }
        }
    }
    let mut png = std::io::Cursor::new(Vec::new());
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}
