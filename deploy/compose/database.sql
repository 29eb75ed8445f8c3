-- The database of the trial and its two logins, where they are missing. sqlcmd takes the passwords from its environment.
-- docs/sql-server.md says what a real one needs.
IF DB_ID('cagebridge') IS NULL CREATE DATABASE cagebridge;
GO
ALTER DATABASE cagebridge SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
IF SUSER_ID('cagebridge_owner') IS NULL
  CREATE LOGIN cagebridge_owner WITH PASSWORD = '$(owner_password)', CHECK_EXPIRATION = OFF;
IF SUSER_ID('cagebridge') IS NULL
  CREATE LOGIN cagebridge WITH PASSWORD = '$(bridge_password)', CHECK_EXPIRATION = OFF;
GO
USE cagebridge;
GO
-- Changes tables: the migration alone.
IF USER_ID('cagebridge_owner') IS NULL CREATE USER cagebridge_owner FOR LOGIN cagebridge_owner;
ALTER ROLE db_owner ADD MEMBER cagebridge_owner;
-- Works with them: the bridge. What it may do is granted when the tables are there, by deploy/sql-server/grants.sql.
IF USER_ID('cagebridge') IS NULL CREATE USER cagebridge FOR LOGIN cagebridge;
GO
