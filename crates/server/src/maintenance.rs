//! What a person does to a platform beside running it: making it, migrating it, keeping a copy, adding people.

use platform::wire::Role;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IntoActiveModel, TransactionTrait};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::authority::{Addresses, KeyStore, MadeAuthority, ceremony};
use crate::database::{self, Database};
use crate::instance::pin_server;
use crate::live::Live;
use crate::refused::Answer;
use crate::routes::authorisation::not_asked_for;
use crate::routes::sessions::hash_password;
use crate::service::PasswordCost;
use crate::start::StartError;
use crate::tables::{account, authorisation, enterprise};
use crate::text::word;

/// A person who will sign in.
pub struct NewPerson<'a> {
    /// Account name.
    pub account: &'a str,
    /// Real name.
    pub name: &'a str,
    /// Password.
    pub password: &'a str,
}

/// An enterprise with its first administrator.
pub struct NewEnterprise<'a> {
    /// Full name.
    pub name: &'a str,
    /// Unified social credit code.
    pub credit_code: &'a str,
    /// Legal representative.
    pub legal_representative: &'a str,
    /// First administrator.
    pub administrator: NewPerson<'a>,
}

/// A platform that is not running here.
pub struct Maintenance {
    database: DatabaseConnection,
}

impl Maintenance {
    /// Opens the database; changes nothing yet.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(database: &Database) -> Result<Self, StartError> {
        let (_, live) = Live::with_ending();
        let database = database::open(database, &live).await?;
        Ok(Self { database })
    }

    /// Brings the database up to date; gives the names of the migrations that were missing.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn migrate(&self) -> Result<Vec<String>, StartError> {
        let missing = database::missing(&self.database).await?;
        database::migrate(&self.database).await?;
        Ok(missing)
    }

    /// The key ceremony, on a migrated database: root, issuer, OCSP responder, timestamp service. `apart` gives the
    /// root's key to the caller alone.
    ///
    /// # Errors
    /// [`StartError::AuthorityExists`], and others.
    pub async fn init(
        &self,
        keys: &dyn KeyStore,
        public_url: &str,
        apart: bool,
        now: OffsetDateTime,
    ) -> Result<MadeAuthority, StartError> {
        let tx = self.database.begin().await?;
        if ceremony::exists(&tx).await? {
            return Err(StartError::AuthorityExists);
        }
        let addresses = Addresses::new(public_url.trim_end_matches('/'));
        let made = ceremony::hold(&tx, keys, &addresses, apart, now).await?;
        pin_server(&tx).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Signs the root's revocation list for another year with its key (PKCS#8), fetched from where it is kept.
    ///
    /// # Errors
    /// When it is not the root's key.
    pub async fn renew_root_list(&self, key: &[u8], now: OffsetDateTime) -> Result<(), StartError> {
        Ok(ceremony::renew_root_list(&self.database, key, now).await?)
    }

    /// A reviewer of the platform.
    ///
    /// # Errors
    /// [`StartError::Exists`] when the account name is taken.
    pub async fn add_operator(&self, person: &NewPerson<'_>) -> Result<(), StartError> {
        let row = person_row(person, Role::Operator, None)?;
        added(
            person.account,
            account::Entity::insert(row.into_active_model()),
            &self.database,
        )
        .await
    }

    /// An enterprise that may sign in, with nothing authorised or bought; gives its id.
    ///
    /// # Errors
    /// [`StartError::Exists`] when the credit code or the account name is taken.
    pub async fn add_enterprise(&self, wanted: &NewEnterprise<'_>) -> Result<Uuid, StartError> {
        let id = Uuid::new_v4();
        let company = enterprise::Model {
            id: id.to_string(),
            name: wanted.name.to_owned(),
            credit_code: wanted.credit_code.to_owned(),
            legal_representative: wanted.legal_representative.to_owned(),
            feed_cursor: 0,
        };
        let nothing_yet = not_asked_for(&company.id)?;
        let person = &wanted.administrator;
        let row = person_row(person, Role::Administrator, Some(company.id.clone()))?;
        let tx = self.database.begin().await?;
        added(
            wanted.credit_code,
            enterprise::Entity::insert(company.into_active_model()),
            &tx,
        )
        .await?;
        added(person.account, account::Entity::insert(row.into_active_model()), &tx).await?;
        added(
            wanted.credit_code,
            authorisation::Entity::insert(nothing_yet.into_active_model()),
            &tx,
        )
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A consistent copy of a SQLite database in a new file; PostgreSQL brings its own program for that.
    ///
    /// # Errors
    /// When the file exists, or the database is not SQLite.
    pub async fn copy_into(&self, file: &str) -> Result<(), StartError> {
        if self.database.get_database_backend() != DbBackend::Sqlite {
            return Err(StartError::Database(
                "only a SQLite database is copied like this".to_owned(),
            ));
        }
        let quoted = file.replace('\'', "''");
        self.database
            .execute_unprepared(&format!("VACUUM INTO '{quoted}'"))
            .await?;
        Ok(())
    }
}

async fn added<A: sea_orm::ActiveModelTrait>(
    name: &str,
    insert: sea_orm::Insert<A>,
    database: &impl ConnectionTrait,
) -> Result<(), StartError> {
    match insert.exec_without_returning(database).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) => {
            Err(StartError::Exists(name.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

fn person_row(person: &NewPerson<'_>, role: Role, enterprise_id: Option<String>) -> Answer<account::Model> {
    Ok(account::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id,
        account: person.account.to_owned(),
        name: person.name.to_owned(),
        role: word(&role),
        password_hash: hash_password(person.password, PasswordCost::REAL)?,
    })
}
