"""The word lists that people, companies and pages are made of. All of it is invented."""

from __future__ import annotations

from bench.draws import Texts, texts

# A name that does not survive in an e-mail address has its Latin spelling after "=".
_FIRST = {
    "en": "Anna James Olivia Peter Grace Henry Sophie Daniel Ruth Oscar Ivy Martin Clara Hugh",
    "de": "Lena Jürgen=juergen Käthe=kaethe Stefan Uwe Britta Jörg=joerg Heike Anke Moritz",
    "fr": "Chloé=chloe Étienne=etienne Amélie=amelie Luc Maëlle=maelle Hugo Zoé=zoe Rémi=remi",
    "es": "Lucía=lucia Andrés=andres Begoña=begona Íñigo=inigo Carmen Raúl=raul Nuria Tomás=tomas",
    "it": "Giulia Niccolò=niccolo Chiara Matteo Ilaria Dario Noemi Fabio",
    "pl": "Łucja=lucja Paweł=pawel Agnieszka Michał=michal Małgorzata=malgorzata Zbigniew",
    "sv": "Åsa=asa Björn=bjorn Märta=marta Göran=goran Linnéa=linnea Östen=osten Ylva Nils",
    "pt": "João=joao Conceição=conceicao Thiago Letícia=leticia Inês=ines Caio",
    "ja": "美咲=misaki 健太=kenta 陽菜=hina 翔=sho 由美=yumi 大輔=daisuke 恵子=keiko 直樹=naoki",
    "uk": "Олена=olena Тарас=taras Ірина=iryna Богдан=bohdan Оксана=oksana Юрій=yurii",
    "el": "Ελένη=eleni Γιώργος=giorgos Σοφία=sofia Νίκος=nikos Δέσποινα=despina",
    "hi": "Asha Vikram प्रिया=priya Rohan अर्जुन=arjun Meera Kiran Dev",
}
_LAST = {
    "en": "Berg Holloway O'Dell=odell Whitcombe Marsh Fairley Stone-Lee=stonelee Pryce Tolland"
    " Ashby Garrick Lomax Wexford Hartnell Crane Dunmore",
    "de": "Müller-Lühn=muellerluehn Grothe Weiß=weiss Schönau=schoenau Brandt Köster=koester"
    " Vogtländer=vogtlaender Harms Ritterau Öhler=oehler",
    "fr": "Lefèvre=lefevre Garçon=garcon Brunel Châtelain=chatelain D'Aubry=daubry Roussel"
    " Noël=noel Périer=perier Marchand",
    "es": "Núñez=nunez Ibáñez=ibanez Castaño=castano Oquendo Peñalba=penalba Roldán=roldan Vidal",
    "it": "Bellandi Ferrò=ferro De_Santi=desanti Morandi Salvi Cattani Rinaldo",
    "pl": "Wójcicki=wojcicki Żurawska=zurawska Dąbek=dabek Śliwa=sliwa Zielonka Krawiec",
    "sv": "Ångström-Lind=angstromlind Sjögren=sjogren Åkerby=akerby Lundkvist Öberg=oberg Hedin",
    "pt": "Gonçalves=goncalves Simões=simoes Araújo=araujo Brandão=brandao Teles",
    "ja": "佐藤=sato 鈴木=suzuki 高橋=takahashi 渡辺=watanabe 小林=kobayashi 森田=morita",
    "uk": "Шевчук=shevchuk Бондар=bondar Коваль=koval Мельник=melnyk Гаврилюк=havryliuk",
    "el": "Παππάς=pappas Λάμπρου=lamprou Οικονόμου=oikonomou Καραλής=karalis",
    "hi": "Iyer शर्मा=sharma Banerji Kulkarni Rathore Menon",
}

# Country: share of people, names, what a person types for it, cities.
COUNTRIES = (
    ("US", 30, "en", "United States", "Boston Austin Denver Portland Columbus"),
    ("GB", 12, "en", "United Kingdom", "Leeds Bristol London Cardiff"),
    ("DE", 15, "de", "Germany", "Berlin Hamburg Köln München"),
    ("FR", 10, "fr", "France", "Lyon Nantes Lille Orléans"),
    ("ES", 6, "es", "Spain", "Bilbao Sevilla Málaga"),
    ("IT", 5, "it", "Italy", "Torino Bologna Bari"),
    ("PL", 4, "pl", "Poland", "Łódź Kraków Gdynia"),
    ("SE", 4, "sv", "Sweden", "Malmö Uppsala Umeå"),
    ("BR", 4, "pt", "Brazil", "Curitiba Recife"),
    ("JP", 4, "ja", "Japan", "大阪 横浜 Sendai"),
    ("UA", 3, "uk", "Ukraine", "Київ Львів"),
    ("GR", 2, "el", "Greece", "Πάτρα Βόλος"),
    ("IN", 3, "hi", "India", "Pune Kochi Jaipur"),
)

COMPANY_FIRST = texts(
    "Amberfield Brackenridge Calderwick Dunholm Elmsbury Fernhollow Gladebrook Harrowmere Ironvale"
    " Juniperhill Kestrelton Larkspur Millbrae Nettleford Oakhurst Pinecrest Quillworth Ravensgate"
    " Silverbeck Thornbury Umberleigh Valebridge Westmarch Yarrowdale Zephyrine Birchwater"
    " Coppergate Drumlin Eastwold Foxglen Greyfell Heatherlane Inverlea Kingsmoor"
    " Lindenau Mossbank Northwyke Otterburn Peverel Rookwood"
)
COMPANY_SECOND = texts(
    "Tools Logistics Foods Optics Textiles Analytics Robotics Clinics Energy Packaging Instruments"
    " Hotels Marine Printing Software Farms Mobility Ceramics Labs Retail Systems Paper Studios"
    " Chemicals Brewing Insurance Partners Plastics Toys Media"
)
INDUSTRIES = (
    ("Manufacturing", 26),
    ("Logistics", 16),
    ("Software", 16),
    ("Retail", 14),
    ("Healthcare", 10),
    ("Education", 8),
    ("Hospitality", 6),
    ("Public sector", 4),
)
COMPETITORS = texts("Rivalworks Measuremate Gaugehaus Sensoria-North Probecraft Quantimeter")
UNIVERSITIES = texts(
    "Lindenberg Westmere Saint-Orla Kaltwasser Montreval Aldeia Northgate-Tech Hanami"
)
FREE_MAIL = texts("freemail.example postbox.example inbox.test")

# Level 0 to 4, each with titles of one rank in several languages.
TITLES = (
    texts(["Assistant", "Sachbearbeiter", "Technician", "Trainee", "Assistente"]),
    texts(["Buyer", "Engineer", "Ingénieur", "Process Specialist", "Data Analyst"]),
    texts(
        ["Purchasing Manager", "Plant Manager", "Teamleiterin", "Responsable achats", "IT Manager"]
    ),
    texts(
        ["Head of Operations", "VP Engineering", "Director of IT", "Bereichsleiter", "Direttore"]
    ),
    texts(["CEO", "Managing Director", "Geschäftsführer", "CTO", "Owner", "Directrice générale"]),
)
STUDENT_TITLES = texts(["Student", "Student", "PhD Student", "Studentin", "Étudiant"])
SEEKER_TITLES = texts(
    ["Open to work", "Job seeker", "Freelance Engineer", "Engineer", "Technician"]
)

CATEGORIES = texts("sensors controllers displays software accessories")
# Slug, title, category, price.
PRODUCTS = (
    ("thermo-s", "Thermo S", 0, 89.0),
    ("thermo-x", "Thermo X", 0, 149.0),
    ("flow-one", "Flow One", 0, 229.0),
    ("pressure-pro", "Pressure Pro", 0, 319.0),
    ("hub-mini", "Hub Mini", 1, 199.0),
    ("hub", "Hub", 1, 399.0),
    ("hub-max", "Hub Max", 1, 749.0),
    ("edge-box", "Edge Box", 1, 899.0),
    ("panel-7", "Panel 7", 2, 279.0),
    ("panel-10", "Panel 10", 2, 429.0),
    ("wall-view", "Wall View", 2, 690.0),
    ("insight-basic", "Insight Basic", 3, 120.0),
    ("insight-team", "Insight Team", 3, 480.0),
    ("insight-plant", "Insight Plant", 3, 900.0),
    ("din-rail-kit", "DIN Rail Kit", 4, 40.0),
    ("cable-set", "Cable Set", 4, 45.0),
    ("power-supply", "Power Supply", 4, 75.0),
    ("mount", "Mount", 4, 59.5),
)
BLOG = texts("why-measure first-sensor energy-report ten-mistakes plant-tour calibration")
DOCS = texts("install api hub-setup wiring faq firmware")
JOBS = texts("field-engineer data-engineer sales-manager internship")
VIDEOS = texts(["Product tour", "Hub in 3 minutes", "Customer story"])
UNKNOWN_EVENTS = texts(["btn_hover", "legacy_ping", "Cart Updated", "test-event", "scroll_75"])
BROWSERS = texts("Chrome/138.0 Firefox/140.0 Safari/18.5")
CRAWLER = "Mozilla/5.0 (compatible; ExampleBot/2.1)"
SCANNERS = texts(
    ["Mozilla/5.0 (compatible; MailScanner/4.2)", "LinkGuard-Scanner/1.9", "python-requests/2.32"]
)
REFERRERS = texts(["", "", "search.example", "social.example", "news.example"])

CAMPAIGN_KINDS = ("Newsletter", "Promotion", "Education")
CAMPAIGN_TOPICS = (
    texts(["plant news", "product news", "the month in review", "customer stories"]),
    texts(["summer sale", "autumn bundle", "winter offer", "spring offer", "free shipping"]),
    texts(["choosing a sensor", "saving energy", "calibration basics", "reading dashboards"]),
)
CART_SUBJECTS = ("You left something in your cart", "Your cart is still here")
FORMS = (
    ("f1", "Newsletter sign-up", "/blog"),
    ("f2", "Demo request", "/pricing"),
    ("f3", "Download: buyer's guide", "/compare"),
    ("f4", "Contact us", "/about"),
    ("f5", "Download: energy whitepaper", "/blog/energy-report"),
    ("f6", "Application", "/careers"),
)
FAIRS = (
    # List, day of the sample on which it took place.
    ("Autumn Expo 2025", 99),
    ("Spring Fair 2026", 254),
    ("Summer Summit 2026", 379),
)


def names(language: str) -> tuple[Texts, Texts, Texts, Texts]:
    """First names, their Latin spelling, last names and theirs."""
    first, last = _spellings(_FIRST[language]), _spellings(_LAST[language])
    return first[0], first[1], last[0], last[1]


def _spellings(entries: str) -> tuple[Texts, Texts]:
    pairs = [entry.partition("=") for entry in entries.split()]
    shown = texts([name.replace("_", " ") for name, _, _ in pairs])
    return shown, texts([latin or name.lower() for name, _, latin in pairs])
