"""The demo's simulated customers: three languages, with and without a phone number, easy and awkward."""

from __future__ import annotations

from inbox.whatsapp.sandbox.shapes import Person

DEMO_PEOPLE = (
    # Brazil: WhatsApp knows this account by 12 digits, people dial 13.
    Person("maria", "Maria Souza", "551190000001", "BR.60417735520861301", None, "BR", "pt_BR", "angry_parcel"),
    Person("rosa", "Rosa Nogueira", "5521990000002", "BR.60417735520861302", None, "BR", "pt_BR", "manager"),
    Person("joao", "João Pedro Lima", "5531990000003", "BR.60417735520861303", "joaopedro.lima", "BR", "pt_BR", "size"),
    # Portugal, username only: no phone number at all.
    Person("ines", "Inês Carvalho", None, "PT.30417735520861304", "ines.carvalho", "PT", "pt_BR", "refund", False),
    # Argentina: 54 9 … is the account, 54 … is often dialled.
    Person("diego", "Diego Suárez", "5491150000005", "AR.50417735520861305", None, "AR", "es", "angry_parcel"),
    # Mexico: 52 1 … is the older account form.
    Person("lupita", "Guadalupe Ríos", "5215550000006", "MX.70417735520861306", None, "MX", "es", "invoice"),
    Person("carmen", "Carmen Ortega", "34600000007", "ES.20417735520861307", "carmen_ortega", "ES", "es", "booking", False),
    Person("amara", "Amara Osei", "447700900123", "GB.90417735520861308", "amara.osei", "GB", "en", "angry_parcel"),
    Person("tom", "Tom Whitfield", "447700900124", "GB.90417735520861309", None, "GB", "en", "refund"),
    # The United States: marketing templates are not delivered to +1.
    Person("jordan", "Jordan Blake", "12025550110", "US.10417735520861310", None, "US", "en", "invoice"),
    Person("priya", "Priya Raman", None, "IN.80417735520861311", "priya.r", "IN", "en", "booking", False),
    # A name written from right to left.
    Person("layla", "ليلى منصور", "971500000012", "AE.40417735520861312", None, "AE", "en", "size"),
    # Not on WhatsApp: whatever is sent there fails with 131026.
    Person("ghost", "Old Landline", "441134960013", "GB.90417735520861313", None, "GB", "en", "silent", True, False),
    Person("noor", "Noor Haddad", "447700900456", "GB.90417735520861314", "noor.h", "GB", "en", "silent"),
    Person("bea", "Beatriz Alves", "351910000015", "PT.30417735520861315", None, "PT", "pt_BR", "invoice"),
    Person("mateo", "Mateo Giménez", "34600000016", "ES.20417735520861316", None, "ES", "es", "manager"),
)
