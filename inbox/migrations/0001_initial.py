import django.db.models.deletion
import inbox.conversations.models.attachment
import inbox.lib.encryption
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="App",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("app_id", models.CharField(blank=True, max_length=64)),
                ("secret", inbox.lib.encryption.EncryptedTextField()),
                ("old_secret", inbox.lib.encryption.EncryptedTextField(blank=True, help_text="Still accepted while rotating")),
                ("verify_token", inbox.lib.encryption.EncryptedTextField()),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("portfolio", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("identity_hash", models.CharField(blank=True, max_length=128)),
                (
                    "profile_at",
                    models.DateTimeField(
                        blank=True, help_text="Time of the newest webhook that told name or username", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.BigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
                ("mac", models.CharField(blank=True, max_length=64)),
                ("sealed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clearance", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("waba_id", models.CharField(max_length=64)),
                ("phone_number_id", models.CharField(max_length=64, unique=True)),
                ("access_token", inbox.lib.encryption.EncryptedTextField()),
                ("graph_url", models.URLField()),
                ("is_sandbox", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "Ready"), ("reconnect", "Reconnect"), ("paused", "Paused"), ("blocked", "Blocked")],
                        default="ready",
                        max_length=12,
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=300)),
                ("state_code", models.IntegerField(blank=True, null=True)),
                ("state_at", models.DateTimeField(blank=True, null=True)),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("sends_per_second", models.PositiveIntegerField(default=60)),
                ("quality", models.CharField(blank=True, max_length=12)),
                ("templates_synced_at", models.DateTimeField(blank=True, null=True)),
                ("last_event_at", models.DateTimeField(blank=True, null=True)),
                (
                    "app",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="connections", to="inbox.app"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AccountEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_key", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=64)),
                ("event", models.CharField(blank=True, max_length=64)),
                ("severity", models.CharField(default="info", max_length=8)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(help_text="The same news twice is one row", max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "connection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account_events",
                        to="inbox.connection",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("open", "Open"), ("resolved", "Resolved")], default="open", max_length=12)),
                ("opened_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("last_message_at", models.DateTimeField(help_text="Orders the list: newest message, in or out")),
                ("last_direction", models.CharField(blank=True, max_length=3)),
                ("last_kind", models.CharField(blank=True, max_length=16)),
                ("last_status", models.CharField(blank=True, max_length=12)),
                ("snippet", models.CharField(blank=True, max_length=160)),
                ("unread", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                (
                    "waiting_since",
                    models.DateTimeField(blank=True, help_text="First customer message nobody answered yet", null=True),
                ),
                (
                    "window_until",
                    models.DateTimeField(blank=True, help_text="Customer's own last timestamp plus 24 hours", null=True),
                ),
                (
                    "seq",
                    models.BigIntegerField(
                        default=0, help_text="The number's seq when this row, or a message of it, last changed"
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conversations", to="inbox.contact"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("code", models.CharField(max_length=64)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.BigIntegerField(blank=True, null=True)),
                ("actor_label", models.CharField(blank=True, max_length=120)),
                ("target_kind", models.CharField(blank=True, max_length=32)),
                ("target_id", models.BigIntegerField(blank=True, null=True)),
                ("number_id", models.BigIntegerField(blank=True, null=True)),
                ("origin", models.CharField(blank=True, max_length=64)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("mac", models.CharField(max_length=64)),
                ("position", models.BigIntegerField(blank=True, null=True, unique=True)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["target_kind", "target_id", "at"], name="entry_target"),
                    models.Index(fields=["at", "id"], name="entry_at"),
                    models.Index(condition=models.Q(("position__isnull", True)), fields=["id"], name="entry_unsealed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("display_phone", models.CharField(max_length=32)),
                ("portfolio", models.CharField(help_text="Meta business portfolio: the scope of a BSUID", max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                ("seq", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="numbers",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "permissions": (
                    ("view_number", "See the number and its conversations"),
                    ("answer_number", "Answer customers on the number"),
                    ("manage_number", "Change how the number is connected"),
                ),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("image", "Image"),
                            ("video", "Video"),
                            ("audio", "Audio"),
                            ("document", "Document"),
                            ("sticker", "Sticker"),
                            ("location", "Location"),
                            ("contacts", "Contacts"),
                            ("interactive", "Interactive"),
                            ("button", "Button"),
                            ("order", "Order"),
                            ("template", "Template"),
                            ("system", "System"),
                            ("call", "Call"),
                            ("unsupported", "Unsupported"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("content", models.JSONField(blank=True, default=dict)),
                ("by_phone", models.BooleanField(default=False, help_text="Typed on the business's own phone, not in Parley")),
                ("external_id", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "client_token",
                    models.UUIDField(
                        blank=True, help_text="Given by the page, so that a repeated post adds nothing", null=True, unique=True
                    ),
                ),
                ("reply_to_external_id", models.CharField(blank=True, max_length=255, null=True)),
                ("forwarded", models.CharField(blank=True, max_length=5)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("unknown", "Unknown"),
                            ("accepted", "Accepted"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("played", "Played"),
                            ("failed", "Failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("said_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("played_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("error_code", models.IntegerField(blank=True, null=True)),
                ("error_detail", models.CharField(blank=True, max_length=500)),
                ("dismissed_at", models.DateTimeField(blank=True, help_text="When somebody set the failure aside", null=True)),
                ("pricing", models.JSONField(blank=True, default=dict)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "versions",
                    models.JSONField(blank=True, default=list, help_text="Earlier texts with their times, oldest first"),
                ),
                ("seq", models.BigIntegerField(default=0)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="inbox.contact"),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="inbox.conversation"
                    ),
                ),
                (
                    "reply_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replies",
                        to="inbox.message",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="inbox.number"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EarlyNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=255)),
                ("what", models.CharField(help_text="A status word, or edited, or revoked", max_length=16)),
                ("at", models.DateTimeField()),
                ("data", models.JSONField(blank=True, default=dict)),
                ("digest", models.CharField(help_text="Of data: two edits of one second are two pieces of news", max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="early_news", to="inbox.number"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("accepted", "Accepted"),
                            ("unknown", "Unknown"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("handed_over", models.BooleanField(default=False, help_text="Bytes may have left us: never repeat blindly")),
                ("error_code", models.IntegerField(blank=True, null=True)),
                ("error_detail", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contact",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="inbox.contact"),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="inbox.conversation"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="delivery", to="inbox.message"
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="inbox.number"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="number",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="conversations", to="inbox.number"),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[("marketing", "Marketing"), ("updates", "Updates")], max_length=16)),
                ("decision", models.CharField(choices=[("given", "Given"), ("stopped", "Stopped")], max_length=8)),
                ("source", models.CharField(max_length=40)),
                ("evidence", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "contact",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="inbox.contact"),
                ),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="inbox.number"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="connection",
            name="number",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="connection", to="inbox.number"),
        ),
        migrations.CreateModel(
            name="NumberGroupPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="inbox.number")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NumberUserPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="inbox.number")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RawEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.BinaryField()),
                ("digest", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "New"), ("done", "Done"), ("failed", "Failed")], default="new", max_length=8
                    ),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "app",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="raw_events", to="inbox.app"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "raw_event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quarantined", to="inbox.rawevent"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target_external_id", models.CharField(max_length=255)),
                ("ours", models.BooleanField(default=False)),
                ("emoji", models.CharField(blank=True, help_text="Empty when it was taken away", max_length=32)),
                ("handed_over", models.BooleanField(default=True, help_text="False while ours still has to reach WhatsApp")),
                ("said_at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="inbox.message",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reactions", to="inbox.number"),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("waba_id", models.CharField(max_length=64)),
                ("external_id", models.CharField(blank=True, max_length=64)),
                ("name", models.CharField(max_length=512)),
                ("language", models.CharField(max_length=16)),
                ("category", models.CharField(max_length=16)),
                ("status", models.CharField(max_length=20)),
                ("parameter_format", models.CharField(default="POSITIONAL", max_length=12)),
                ("components", models.JSONField(default=list)),
                ("quality", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("synced_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("name", "language"),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("waba_id", "name", "language"), name="one_template_per_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="Handle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("portfolio", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("wa_id", "Wa Id"),
                            ("bsuid", "Bsuid"),
                            ("parent_bsuid", "Parent Bsuid"),
                            ("username", "Username"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.CharField(max_length=160)),
                ("key", models.CharField(max_length=160)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "contact",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="handles", to="inbox.contact"),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["contact", "kind"], name="handle_contact_kind"),
                    models.Index(fields=["portfolio", "kind", "key"], name="handle_key"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("portfolio", "kind", "key"),
                        name="one_contact_per_current_handle",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("ready", "Ready"),
                            ("retrying", "Retrying"),
                            ("failed", "Failed"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("remote_id", models.CharField(blank=True, max_length=64)),
                ("remote_until", models.DateTimeField(blank=True, help_text="When WhatsApp forgets remote_id", null=True)),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, storage=inbox.conversations.models.attachment.private_storage, upload_to=""
                    ),
                ),
                ("mime", models.CharField(blank=True, help_text="What the bytes are, not what was claimed", max_length=127)),
                ("claimed_mime", models.CharField(blank=True, max_length=127)),
                ("filename", models.CharField(blank=True, max_length=240)),
                ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("voice", models.BooleanField(default=False)),
                ("animated", models.BooleanField(default=False)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachment", to="inbox.message"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "retrying"))), fields=["due_at"], name="attachment_due"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["contact", "number", "-said_at", "-id"], name="message_timeline"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["conversation", "-said_at", "-id"], name="message_conversation"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["number", "seq"], name="message_seq"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("reply_to_external_id__isnull", False)),
                fields=["number", "reply_to_external_id"],
                name="message_quotes",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("number", "external_id"), name="one_message_per_external_id"),
        ),
        migrations.AddConstraint(
            model_name="earlynews",
            constraint=models.UniqueConstraint(
                fields=("number", "external_id", "what", "at", "digest"), name="one_early_news_per_moment"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "sending"))), fields=["due_at", "id"], name="delivery_open"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "sending"))),
                fields=["conversation", "id"],
                name="delivery_conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["number", "-last_message_at", "-id"], name="conversation_open"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["assignee", "-last_message_at", "-id"], name="conversation_mine"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["number", "seq"], name="conversation_seq"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("contact", "number"), name="one_open_per_contact_and_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("contact", "number", "purpose", "decision", "at"), name="one_consent_line_per_moment"
            ),
        ),
        migrations.AddIndex(
            model_name="connection",
            index=models.Index(fields=["waba_id"], name="connection_waba"),
        ),
        migrations.AlterUniqueTogether(
            name="numbergrouppermission",
            unique_together={("group", "permission", "content_object")},
        ),
        migrations.AlterUniqueTogether(
            name="numberuserpermission",
            unique_together={("user", "permission", "content_object")},
        ),
        migrations.AddIndex(
            model_name="rawevent",
            index=models.Index(condition=models.Q(("state", "new")), fields=["id"], name="raw_event_new"),
        ),
        migrations.AddConstraint(
            model_name="rawevent",
            constraint=models.UniqueConstraint(fields=("app", "digest"), name="one_raw_event_per_body"),
        ),
        migrations.AddConstraint(
            model_name="quarantined",
            constraint=models.UniqueConstraint(fields=("raw_event", "place"), name="one_quarantine_per_item"),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(fields=("number", "target_external_id", "ours"), name="one_reaction_per_side"),
        ),
    ]
