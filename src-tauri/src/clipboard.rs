//! What the clipboard holds, read only when the person asks for it.

/// A picture, or words.
pub(crate) enum Content {
    /// Red, green, blue, alpha; row by row.
    Picture {
        pixels: Vec<u8>,
        width: usize,
        height: usize,
    },
    /// Words; none when there is nothing of either kind.
    Text(String),
}

/// Reads the clipboard; a picture counts before words.
pub(crate) async fn read() -> Content {
    let read = tauri::async_runtime::spawn_blocking(content).await;
    read.unwrap_or_else(|problem| {
        tracing::warn!(%problem, "the clipboard was not read");
        Content::Text(String::new())
    })
}

fn content() -> Content {
    let opened = arboard::Clipboard::new();
    let Ok(mut clipboard) = opened else {
        return Content::Text(String::new());
    };
    match clipboard.get_image() {
        Ok(picture) => Content::Picture {
            pixels: picture.bytes.into_owned(),
            width: picture.width,
            height: picture.height,
        },
        Err(_) => Content::Text(clipboard.get_text().unwrap_or_default()),
    }
}
