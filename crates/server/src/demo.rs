//! The demonstration enterprise: people and nothing else, so that a newcomer walks every step.

use platform::wire::{DemoAccount, Role};
use sea_orm::{EntityTrait, IntoActiveModel, TransactionTrait};
use uuid::Uuid;

use crate::refused::Answer;
use crate::routes::authorisation::not_asked_for;
use crate::routes::sessions::hash_password;
use crate::service::PasswordCost;
use crate::tables::{account, authorisation, enterprise};
use crate::text::word;

const PASSWORD: &str = "ganjiang";
const ENTERPRISE: &str = "杭州云栖智能科技有限公司";
/// Made up; its check character is right (GB 32100-2015).
pub(crate) const CREDIT_CODE: &str = "91330106MA2CFUY66Q";
const LEGAL_REPRESENTATIVE: &str = "李建国";
const PEOPLE: [(&str, &str, Role); 4] = [
    ("wangmin", "王敏", Role::Administrator),
    ("liuyang", "刘洋", Role::Staff),
    ("zhangxiaotong", "张晓彤", Role::Staff),
    ("operator", "平台审核员", Role::Operator),
];

/// The accounts, told by the sandbox on its sign-in screen.
pub(crate) fn accounts() -> Vec<DemoAccount> {
    PEOPLE
        .iter()
        .map(|(account, name, role)| DemoAccount {
            account: (*account).to_owned(),
            name: (*name).to_owned(),
            role: *role,
            password: PASSWORD.to_owned(),
        })
        .collect()
}

/// Makes the enterprise and its people on the first start.
pub(crate) async fn prepare(database: &sea_orm::DatabaseConnection, cost: PasswordCost) -> Answer<()> {
    if account::Entity::find().one(database).await?.is_some() {
        return Ok(());
    }
    let tx = database.begin().await?;
    let company = enterprise::Model {
        id: Uuid::new_v4().to_string(),
        name: ENTERPRISE.to_owned(),
        credit_code: CREDIT_CODE.to_owned(),
        legal_representative: LEGAL_REPRESENTATIVE.to_owned(),
        feed_cursor: 0,
    };
    let nothing_yet = not_asked_for(&company.id)?;
    for (name, person, role) in PEOPLE {
        let enterprise_id = (role != Role::Operator).then(|| company.id.clone());
        let row = account::Model {
            id: Uuid::new_v4().to_string(),
            enterprise_id,
            account: name.to_owned(),
            name: person.to_owned(),
            role: word(&role),
            password_hash: hash_password(PASSWORD, cost)?,
        };
        account::Entity::insert(row.into_active_model())
            .exec_without_returning(&tx)
            .await?;
    }
    enterprise::Entity::insert(company.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    authorisation::Entity::insert(nothing_yet.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
