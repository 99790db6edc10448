-- 0001
CREATE TABLE customers ( id BIGSERIAL NOT NULL, ref TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL, search TEXT DEFAULT '' NOT NULL, phone TEXT DEFAULT '' NOT NULL, documents BIGINT DEFAULT 0 NOT NULL, attention BIGINT DEFAULT 0 NOT NULL, bounced BIGINT DEFAULT 0 NOT NULL, complained BIGINT DEFAULT 0 NOT NULL, dropped BIGINT DEFAULT 0 NOT NULL, failed BIGINT DEFAULT 0 NOT NULL, unconfirmed BIGINT DEFAULT 0 NOT NULL, never_reached BIGINT DEFAULT 0 NOT NULL, last_sent_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_customers PRIMARY KEY (id), CONSTRAINT uq_customers_ref UNIQUE (ref) );
CREATE INDEX ix_customers_attention ON customers (attention DESC, name_key, id);
CREATE INDEX ix_customers_name_key ON customers (name_key);
CREATE TABLE payloads ( id BIGSERIAL NOT NULL, received_at BIGINT DEFAULT 0 NOT NULL, raw TEXT NOT NULL, CONSTRAINT pk_payloads PRIMARY KEY (id) );
CREATE TABLE quarantine ( sha256 VARCHAR(64) NOT NULL, received_at BIGINT DEFAULT 0 NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL, CONSTRAINT pk_quarantine PRIMARY KEY (sha256) );
CREATE TABLE suppressions ( address_key TEXT NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL, since BIGINT DEFAULT 0 NOT NULL, added_by TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_suppressions PRIMARY KEY (address_key) );
CREATE TABLE contacts ( id BIGSERIAL NOT NULL, customer_id BIGINT NOT NULL, name TEXT DEFAULT '' NOT NULL, address TEXT NOT NULL, address_key TEXT NOT NULL, is_primary SMALLINT DEFAULT 0 NOT NULL, CONSTRAINT pk_contacts PRIMARY KEY (id), CONSTRAINT fk_contacts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) ON DELETE CASCADE, CONSTRAINT uq_contacts_customer_id_address_key UNIQUE (customer_id, address_key) );
CREATE INDEX ix_contacts_address_key ON contacts (address_key);
CREATE TABLE documents ( id BIGSERIAL NOT NULL, customer_id BIGINT NOT NULL, kind VARCHAR(16) NOT NULL, number TEXT NOT NULL, number_key TEXT NOT NULL, mention_key TEXT DEFAULT '' NOT NULL, status TEXT NOT NULL, currency VARCHAR(3) NOT NULL, total BIGINT DEFAULT 0 NOT NULL, balance_due BIGINT DEFAULT 0 NOT NULL, issued_on TEXT DEFAULT '' NOT NULL, due_on TEXT DEFAULT '' NOT NULL, pdf TEXT DEFAULT '' NOT NULL, word VARCHAR(16) DEFAULT 'NEVER_SENT' NOT NULL, other_failed SMALLINT DEFAULT 0 NOT NULL, delivered SMALLINT DEFAULT 0 NOT NULL, recipients SMALLINT DEFAULT 0 NOT NULL, send_count BIGINT DEFAULT 0 NOT NULL, last_sent_at BIGINT DEFAULT 0 NOT NULL, last_recipient TEXT DEFAULT '' NOT NULL, last_email_id BIGINT, ever_delivered SMALLINT DEFAULT 0 NOT NULL, never_reached SMALLINT DEFAULT 0 NOT NULL, by_program SMALLINT DEFAULT 0 NOT NULL, open_bounce SMALLINT DEFAULT 0 NOT NULL, open_complaint SMALLINT DEFAULT 0 NOT NULL, open_drop SMALLINT DEFAULT 0 NOT NULL, open_failure SMALLINT DEFAULT 0 NOT NULL, CONSTRAINT pk_documents PRIMARY KEY (id), CONSTRAINT fk_documents_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), CONSTRAINT uq_documents_customer_id_kind_number UNIQUE (customer_id, kind, number) );
CREATE INDEX ix_documents_customer ON documents (customer_id, last_sent_at DESC, id DESC);
CREATE INDEX ix_documents_newest ON documents (last_sent_at DESC, id DESC);
CREATE INDEX ix_documents_mention_key ON documents (mention_key);
CREATE INDEX ix_documents_number ON documents (number);
CREATE INDEX ix_documents_open_bounce ON documents (last_sent_at DESC, id DESC) WHERE open_bounce > 0;
CREATE INDEX ix_documents_open_complaint ON documents (last_sent_at DESC, id DESC) WHERE open_complaint > 0;
CREATE INDEX ix_documents_open_drop ON documents (last_sent_at DESC, id DESC) WHERE open_drop > 0;
CREATE INDEX ix_documents_open_failure ON documents (last_sent_at DESC, id DESC) WHERE open_failure > 0;
CREATE INDEX ix_documents_word ON documents (word, last_sent_at DESC, id DESC);
CREATE TABLE emails ( id BIGSERIAL NOT NULL, document_id BIGINT NOT NULL, kind VARCHAR(16) NOT NULL, subject TEXT DEFAULT '' NOT NULL, body TEXT DEFAULT '' NOT NULL, sender TEXT DEFAULT '' NOT NULL, sent_by TEXT DEFAULT '' NOT NULL, created_at BIGINT DEFAULT 0 NOT NULL, message_id TEXT DEFAULT '' NOT NULL, linked_by TEXT DEFAULT '' NOT NULL, linked_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_emails PRIMARY KEY (id), CONSTRAINT fk_emails_document_id FOREIGN KEY(document_id) REFERENCES documents (id) );
CREATE INDEX ix_emails_document ON emails (document_id, created_at, id);
CREATE TABLE attachments ( email_id BIGINT NOT NULL, position SMALLINT NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL, size BIGINT DEFAULT 0 NOT NULL, sha256 VARCHAR(64) NOT NULL, CONSTRAINT pk_attachments PRIMARY KEY (email_id, position), CONSTRAINT fk_attachments_email_id FOREIGN KEY(email_id) REFERENCES emails (id) ON DELETE CASCADE );
CREATE TABLE deliveries ( id BIGSERIAL NOT NULL, email_id BIGINT NOT NULL, document_id BIGINT NOT NULL, role VARCHAR(3) NOT NULL, address TEXT NOT NULL, address_key TEXT NOT NULL, domain TEXT DEFAULT '' NOT NULL, replaces TEXT, tag TEXT NOT NULL, local_status SMALLINT NOT NULL, claimed_at BIGINT DEFAULT 0 NOT NULL, accepted_at BIGINT DEFAULT 0 NOT NULL, ses_message_id TEXT DEFAULT '' NOT NULL, region TEXT DEFAULT '' NOT NULL, error TEXT DEFAULT '' NOT NULL, status SMALLINT NOT NULL, engagement SMALLINT DEFAULT 0 NOT NULL, by_person SMALLINT DEFAULT 0 NOT NULL, sent_at BIGINT DEFAULT 0 NOT NULL, deferred_at BIGINT DEFAULT 0 NOT NULL, delivered_at BIGINT DEFAULT 0 NOT NULL, opened_at BIGINT DEFAULT 0 NOT NULL, clicked_at BIGINT DEFAULT 0 NOT NULL, bounced_at BIGINT DEFAULT 0 NOT NULL, complained_at BIGINT DEFAULT 0 NOT NULL, dropped_at BIGINT DEFAULT 0 NOT NULL, diagnostic TEXT DEFAULT '' NOT NULL, enhanced_status TEXT DEFAULT '' NOT NULL, subtype TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_deliveries PRIMARY KEY (id), CONSTRAINT fk_deliveries_document_id FOREIGN KEY(document_id) REFERENCES documents (id), CONSTRAINT fk_deliveries_email_id FOREIGN KEY(email_id) REFERENCES emails (id), CONSTRAINT uq_deliveries_tag UNIQUE (tag) );
CREATE INDEX ix_deliveries_address_key ON deliveries (address_key);
CREATE INDEX ix_deliveries_document_id ON deliveries (document_id);
CREATE INDEX ix_deliveries_email_id ON deliveries (email_id);
CREATE INDEX ix_deliveries_in_flight ON deliveries (local_status) WHERE local_status < 35;
CREATE INDEX ix_deliveries_domain ON deliveries (domain, delivered_at);
CREATE INDEX ix_deliveries_sent_at ON deliveries (sent_at);
CREATE INDEX ix_deliveries_ses_message_id ON deliveries (ses_message_id);
CREATE TABLE external_mails ( message_id TEXT NOT NULL, at BIGINT DEFAULT 0 NOT NULL, source TEXT DEFAULT '' NOT NULL, subject TEXT DEFAULT '' NOT NULL, addressees TEXT DEFAULT '' NOT NULL, documents TEXT DEFAULT '' NOT NULL, region TEXT DEFAULT '' NOT NULL, published SMALLINT DEFAULT 0 NOT NULL, is_ours SMALLINT DEFAULT 0 NOT NULL, is_pointed SMALLINT DEFAULT 0 NOT NULL, email_id BIGINT, CONSTRAINT pk_external_mails PRIMARY KEY (message_id), CONSTRAINT fk_external_mails_email_id FOREIGN KEY(email_id) REFERENCES emails (id), CONSTRAINT uq_external_mails_email_id UNIQUE (email_id) );
CREATE INDEX ix_external_mails_unlinked ON external_mails (at DESC) WHERE email_id IS NULL;
CREATE TABLE messages ( email_id BIGINT NOT NULL, mime BYTEA NOT NULL, CONSTRAINT pk_messages PRIMARY KEY (email_id), CONSTRAINT fk_messages_email_id FOREIGN KEY(email_id) REFERENCES emails (id) ON DELETE CASCADE );
CREATE TABLE events ( message_id TEXT NOT NULL, at BIGINT NOT NULL, type TEXT NOT NULL, recipient_key TEXT NOT NULL, discriminator TEXT NOT NULL, delivery_id BIGINT, counts SMALLINT DEFAULT 0 NOT NULL, recipient TEXT DEFAULT '' NOT NULL, subtype TEXT DEFAULT '' NOT NULL, tag TEXT, feedback_id TEXT DEFAULT '' NOT NULL, action TEXT DEFAULT '' NOT NULL, enhanced_status TEXT DEFAULT '' NOT NULL, diagnostic TEXT DEFAULT '' NOT NULL, user_agent TEXT DEFAULT '' NOT NULL, ip TEXT DEFAULT '' NOT NULL, link TEXT DEFAULT '' NOT NULL, isp TEXT DEFAULT '' NOT NULL, reports_nobody SMALLINT DEFAULT 0 NOT NULL, received_at BIGINT DEFAULT 0 NOT NULL, payload_id BIGINT NOT NULL, CONSTRAINT pk_events PRIMARY KEY (message_id, at, type, recipient_key, discriminator), CONSTRAINT fk_events_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id), CONSTRAINT fk_events_payload_id FOREIGN KEY(payload_id) REFERENCES payloads (id) );
CREATE INDEX ix_events_delivery_id ON events (delivery_id);
-- 0002
ALTER TABLE deliveries ADD COLUMN lease_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE deliveries ADD COLUMN lease_until BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE deliveries ADD COLUMN not_before BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE deliveries ADD COLUMN tries BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE deliveries ADD COLUMN refused_since BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE emails ADD COLUMN batch_id TEXT DEFAULT '' NOT NULL;
CREATE INDEX ix_emails_batch ON emails (batch_id) WHERE batch_id <> '';
CREATE INDEX ix_deliveries_failed ON deliveries (claimed_at) WHERE local_status = 35;
CREATE TABLE outbox_holds ( name TEXT NOT NULL, held_by TEXT DEFAULT '' NOT NULL, since BIGINT DEFAULT 0 NOT NULL, until BIGINT DEFAULT 0 NOT NULL, words TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_outbox_holds PRIMARY KEY (name) );
CREATE TABLE outbox_acts ( id BIGSERIAL NOT NULL, delivery_id BIGINT NOT NULL, act VARCHAR(16) NOT NULL, acted_by TEXT DEFAULT '' NOT NULL, at BIGINT DEFAULT 0 NOT NULL, note TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_outbox_acts PRIMARY KEY (id), CONSTRAINT fk_outbox_acts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) );
CREATE INDEX ix_outbox_acts_delivery_id ON outbox_acts (delivery_id);
-- 0003
CREATE TABLE suppression_audit ( id BIGSERIAL NOT NULL, at BIGINT DEFAULT 0 NOT NULL, address_key TEXT NOT NULL, address TEXT NOT NULL, list VARCHAR(8) NOT NULL, action VARCHAR(8) NOT NULL, reason TEXT DEFAULT '' NOT NULL, operator TEXT DEFAULT '' NOT NULL, outcome VARCHAR(12) NOT NULL, detail TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_suppression_audit PRIMARY KEY (id) );
CREATE INDEX ix_suppression_audit_address ON suppression_audit (address_key, at, id);
-- 0004
CREATE TABLE address_changes ( id BIGSERIAL NOT NULL, customer_id BIGINT NOT NULL, old_address TEXT NOT NULL, old_key TEXT NOT NULL, new_address TEXT NOT NULL, new_key TEXT NOT NULL, changed_by TEXT DEFAULT '' NOT NULL, changed_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_address_changes PRIMARY KEY (id), CONSTRAINT fk_address_changes_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) ON DELETE CASCADE );
CREATE INDEX ix_address_changes_customer_id ON address_changes (customer_id);
-- 0005
CREATE TABLE snapshots ( email_id BIGINT NOT NULL, status TEXT NOT NULL, currency VARCHAR(3) NOT NULL, total BIGINT DEFAULT 0 NOT NULL, balance_due BIGINT DEFAULT 0 NOT NULL, due_on TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_snapshots PRIMARY KEY (email_id), CONSTRAINT fk_snapshots_email_id FOREIGN KEY(email_id) REFERENCES emails (id) ON DELETE CASCADE );
CREATE TABLE drafts ( id BIGSERIAL NOT NULL, document_id BIGINT NOT NULL, kind VARCHAR(16) NOT NULL, operator TEXT NOT NULL, fields TEXT NOT NULL, saved_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_drafts PRIMARY KEY (id), CONSTRAINT fk_drafts_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE, CONSTRAINT uq_drafts_document_id_kind_operator UNIQUE (document_id, kind, operator) );
CREATE TABLE draft_files ( draft_id BIGINT NOT NULL, sha256 VARCHAR(64) NOT NULL, content BYTEA NOT NULL, CONSTRAINT pk_draft_files PRIMARY KEY (draft_id, sha256), CONSTRAINT fk_draft_files_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id) ON DELETE CASCADE );
-- 0006
ALTER TABLE customers ADD COLUMN held_until BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE customers ADD COLUMN call_from BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN call_at BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN call_reason VARCHAR(16) DEFAULT '' NOT NULL;
ALTER TABLE documents ADD COLUMN call_emails BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN call_since BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN held_until BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN quiet_until BIGINT DEFAULT 0 NOT NULL;
CREATE INDEX ix_customers_held ON customers (held_until) WHERE held_until > 0;
CREATE INDEX ix_documents_call ON documents (call_at, quiet_until, held_until, customer_id, last_sent_at DESC, id DESC) WHERE call_at > 0;
CREATE INDEX ix_documents_held ON documents (held_until, last_sent_at DESC, id DESC) WHERE held_until > 0;
CREATE TABLE holds ( id BIGSERIAL NOT NULL, customer_id BIGINT NOT NULL, document_id BIGINT, kind VARCHAR(16) NOT NULL, until TEXT DEFAULT '' NOT NULL, resumes_at BIGINT DEFAULT 0 NOT NULL, note TEXT DEFAULT '' NOT NULL, set_by TEXT DEFAULT '' NOT NULL, set_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_holds PRIMARY KEY (id), CONSTRAINT fk_holds_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) ON DELETE CASCADE, CONSTRAINT fk_holds_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE );
CREATE INDEX ix_holds_customer ON holds (customer_id, id);
CREATE TABLE calls ( id BIGSERIAL NOT NULL, document_id BIGINT NOT NULL, at BIGINT DEFAULT 0 NOT NULL, called_by TEXT DEFAULT '' NOT NULL, contact TEXT DEFAULT '' NOT NULL, outcome VARCHAR(16) NOT NULL, note TEXT DEFAULT '' NOT NULL, logged_at BIGINT DEFAULT 0 NOT NULL, quiet_until BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_calls PRIMARY KEY (id), CONSTRAINT fk_calls_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE );
CREATE INDEX ix_calls_document ON calls (document_id, at, id);
-- 0007
ALTER TABLE external_mails ADD COLUMN dismissed_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE external_mails ADD COLUMN dismissed_at BIGINT DEFAULT 0 NOT NULL;
UPDATE external_mails SET is_pointed = 0 WHERE email_id IS NOT NULL;
CREATE INDEX ix_external_mails_waiting ON external_mails (at DESC, message_id) WHERE is_ours = 0 AND is_pointed = 1 AND dismissed_at = 0;
-- 0008
CREATE TABLE acknowledgements ( id BIGSERIAL NOT NULL, document_id BIGINT NOT NULL, operator TEXT NOT NULL, at BIGINT DEFAULT 0 NOT NULL, seen TEXT DEFAULT '' NOT NULL, undone_at BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_acknowledgements PRIMARY KEY (id), CONSTRAINT fk_acknowledgements_document_id FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE );
CREATE INDEX ix_acknowledgements_operator ON acknowledgements (operator, document_id, id);
-- 0009
CREATE TABLE preferences ( operator TEXT NOT NULL, key TEXT NOT NULL, value TEXT DEFAULT '' NOT NULL, CONSTRAINT pk_preferences PRIMARY KEY (operator, key) );
-- 0010
CREATE TABLE document_counts ( name TEXT NOT NULL, part BIGINT NOT NULL, n BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_document_counts PRIMARY KEY (name, part) );
INSERT INTO document_counts (name, part, n) SELECT 'word ' || word, 0, count(*) FROM documents GROUP BY word;
INSERT INTO document_counts (name, part, n) SELECT 'sent ' || substr(CAST(1000000 + last_sent_at / 86400000000 AS text), 2), 0, count(*) FROM documents GROUP BY substr(CAST(1000000 + last_sent_at / 86400000000 AS text), 2);
INSERT INTO document_counts (name, part, n) SELECT 'all', 0, count(*) FROM documents WHERE 1 = 1;
INSERT INTO document_counts (name, part, n) SELECT 'needs_attention', 0, count(*) FROM documents WHERE (open_bounce > 0 OR open_complaint > 0 OR open_drop > 0 OR open_failure > 0 OR word = 'UNCONFIRMED');
INSERT INTO document_counts (name, part, n) SELECT 'bounced', 0, count(*) FROM documents WHERE open_bounce > 0;
INSERT INTO document_counts (name, part, n) SELECT 'soft_bounced', 0, count(*) FROM documents WHERE open_bounce IN (1, 3);
INSERT INTO document_counts (name, part, n) SELECT 'complained', 0, count(*) FROM documents WHERE open_complaint > 0;
INSERT INTO document_counts (name, part, n) SELECT 'dropped', 0, count(*) FROM documents WHERE open_drop > 0;
INSERT INTO document_counts (name, part, n) SELECT 'failed', 0, count(*) FROM documents WHERE open_failure > 0;
INSERT INTO document_counts (name, part, n) SELECT 'never_reached', 0, count(*) FROM documents WHERE never_reached > 0;
CREATE INDEX ix_documents_total ON documents (total, id);
CREATE INDEX ix_documents_balance_due ON documents (balance_due, id);
CREATE INDEX ix_documents_issued_on ON documents (issued_on, id);
CREATE INDEX ix_documents_due_on ON documents (due_on, id);
CREATE INDEX ix_documents_send_count ON documents (send_count, id);
CREATE INDEX ix_customers_documents ON customers (documents, id);
CREATE INDEX ix_customers_last_sent_at ON customers (last_sent_at, id);
DROP INDEX ix_customers_attention;
CREATE INDEX ix_customers_attention ON customers (attention DESC, name_key, id, call_from);
CREATE INDEX ix_customers_calls ON customers (attention, call_from) WHERE call_from > 0;
CREATE INDEX ix_documents_attention ON documents (kind, balance_due, due_on, last_sent_at, held_until, call_at, quiet_until, id) WHERE (open_bounce > 0 OR open_complaint > 0 OR open_drop > 0 OR open_failure > 0 OR word = 'UNCONFIRMED');
DROP INDEX ix_documents_call;
CREATE INDEX ix_documents_call ON documents (call_at, quiet_until, held_until, customer_id, last_sent_at DESC, id DESC, open_bounce, open_complaint, open_drop, open_failure, word, kind, balance_due, due_on) WHERE call_at > 0;
CREATE INDEX ix_documents_owed ON documents (customer_id, currency, balance_due) WHERE kind = 'invoice' AND balance_due > 0;
CREATE INDEX ix_documents_customer_call ON documents (customer_id, call_at, quiet_until, held_until) WHERE call_at > 0;
CREATE INDEX ix_documents_unreached ON documents (currency, balance_due) WHERE never_reached > 0 AND kind = 'invoice' AND send_count > 0 AND word NOT IN ('QUEUED', 'SENDING', 'SENT', 'DEFERRED');
CREATE INDEX sort_documents_number ON documents (number_key COLLATE "C", customer_id, id);
CREATE INDEX sort_documents_recipient ON documents (last_recipient COLLATE "C", id);
CREATE INDEX sort_customers_name ON customers (name_key COLLATE "C", id);
-- 0011
CREATE TABLE customer_beginnings ( customer_id BIGINT NOT NULL, part SMALLINT NOT NULL, word TEXT COLLATE "C" NOT NULL, CONSTRAINT pk_customer_beginnings PRIMARY KEY (customer_id, part, word), CONSTRAINT fk_customer_beginnings_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) ON DELETE CASCADE );
CREATE INDEX ix_customer_beginnings_word ON customer_beginnings (part, word, customer_id);
CREATE TABLE word_grams ( gram TEXT COLLATE "C" NOT NULL, word TEXT COLLATE "C" NOT NULL, CONSTRAINT pk_word_grams PRIMARY KEY (gram, word) );
CREATE INDEX sort_documents_tail ON documents (ltrim(substr(number_key, length(rtrim(number_key, '0123456789')) + 1), '0'), customer_id);
-- 0012
DROP INDEX ix_emails_document;
CREATE INDEX ix_emails_document ON emails (document_id, created_at, id, kind);
-- 0013
ALTER TABLE emails ADD COLUMN contents BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE acknowledgements ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE address_changes ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE calls ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE contacts ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE customers ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE deliveries ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE emails ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE events ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE external_mails ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE holds ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE outbox_acts ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE outbox_holds ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE payloads ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE quarantine ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE snapshots ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE suppression_audit ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE suppressions ADD COLUMN digest BIGINT DEFAULT 0 NOT NULL;
-- 0014
ALTER TABLE deliveries ADD COLUMN is_forward SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE documents ADD COLUMN is_forward SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE events DROP COLUMN reports_nobody;
UPDATE deliveries SET status = 85 WHERE status = 60;
-- 0015
CREATE TABLE send_brake ( id INTEGER NOT NULL, phase VARCHAR(16) DEFAULT 'clear' NOT NULL, failures BIGINT DEFAULT 0 NOT NULL, epoch BIGINT DEFAULT 0 NOT NULL, since BIGINT DEFAULT 0 NOT NULL, retry_at BIGINT DEFAULT 0 NOT NULL, probes BIGINT DEFAULT 0 NOT NULL, trial_id BIGINT DEFAULT 0 NOT NULL, words TEXT DEFAULT '' NOT NULL, digest BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_send_brake PRIMARY KEY (id) );
INSERT INTO send_brake (id, digest) VALUES (1, 7093649187254803917);
-- 0016
ALTER TABLE quarantine ADD COLUMN dismissed_at BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE quarantine ADD COLUMN dismissed_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE quarantine ADD COLUMN note TEXT DEFAULT '' NOT NULL;
CREATE TABLE account_notices ( kind VARCHAR(16) NOT NULL, subject TEXT NOT NULL, at BIGINT NOT NULL, is_open SMALLINT NOT NULL, words TEXT DEFAULT '' NOT NULL, raw TEXT NOT NULL, digest BIGINT DEFAULT 0 NOT NULL, CONSTRAINT pk_account_notices PRIMARY KEY (kind, subject, at, is_open) );
