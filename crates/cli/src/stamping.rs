//! `ganjiang stamp` and `ganjiang sign`: put a seal on pages, with or without a signature.

use std::path::Path;
use std::process::ExitCode;

use app::file_work::{Password, SealPicture, SigningOrder, Stamp, sign_file, stamp_file};
use time::OffsetDateTime;

use crate::arguments::{Level, Places, SignArguments, StampArguments};
use crate::complaint::{Complaint, USAGE};

pub(crate) fn stamp(arguments: StampArguments) -> Result<ExitCode, Complaint> {
    let stamp = read_stamp(&arguments.seal, &arguments.places)?;
    stamp_file(&arguments.input, &arguments.out, &stamp)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn sign(arguments: SignArguments, at: OffsetDateTime) -> Result<ExitCode, Complaint> {
    let Level::BB = arguments.level;
    let stamp = match &arguments.seal {
        Some(seal) => Some(read_stamp(seal, &arguments.places)?),
        None if arguments.places.list().is_empty() => None,
        None => return Err(no_seal()),
    };
    sign_file(SigningOrder {
        input: &arguments.input,
        output: &arguments.out,
        identity: &arguments.p12,
        password: &password(&arguments.password_env)?,
        stamp: stamp.as_ref(),
        reason: arguments.reason,
        field: arguments.field,
        at,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn read_stamp(seal: &Path, places: &Places) -> Result<Stamp, Complaint> {
    if places
        .seal_width
        .is_some_and(|width| !width.is_finite() || width <= 0.0)
    {
        return Err(Complaint::new(
            USAGE,
            "seal_size_invalid",
            "--seal-width 请填写大于 0 的毫米数",
            "--seal-width must be a length in millimetres above 0",
        ));
    }
    let list = places.list();
    if list.is_empty() {
        return Err(Complaint::new(
            USAGE,
            "nothing_to_place",
            "没有指定盖章位置，请用 --at 或 --pages",
            "nowhere to stamp: give --at or --pages",
        ));
    }
    Ok(Stamp {
        seal: SealPicture::read(seal, places.seal_width)?,
        places: list,
    })
}

fn no_seal() -> Complaint {
    Complaint::new(
        USAGE,
        "seal_missing",
        "指定了位置，但没有 --seal",
        "places were given, but no --seal",
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is an edge: the user names the variable to read"
)]
fn password(variable: &str) -> Result<Password, Complaint> {
    std::env::var(variable).map(Password::new).map_err(|_| {
        let chinese = format!("环境变量 {variable} 没有设置，密码从这里读取");
        let english = format!("the environment variable {variable} is not set; the password is read from it");
        Complaint::new(USAGE, "password_missing", chinese, english)
    })
}
