"""The same news in many languages, written for these tests: what happened, and what is planned."""

TEXTS: dict[str, tuple[str, str]] = {
    "en": ("The council voted for the new bridge on Monday.", "Work begins in May and will cost two million."),
    "de": ("Der Rat stimmte am Montag für die neue Brücke.", "Die Arbeiten beginnen im Mai und kosten zwei Millionen."),
    "fr": (
        "Le conseil a voté lundi pour le nouveau pont.",
        "Les travaux commencent en mai et coûteront deux millions.",
    ),
    "es": ("El consejo votó el lunes a favor del nuevo puente.", "Las obras empiezan en mayo y costarán dos millones."),
    "pt": (
        "O conselho votou na segunda-feira a favor da nova ponte.",
        "As obras começam em maio e custarão dois milhões.",
    ),
    "it": ("Il consiglio ha votato lunedì per il nuovo ponte.", "I lavori iniziano a maggio e costeranno due milioni."),
    "nl": ("De raad stemde maandag voor de nieuwe brug.", "Het werk begint in mei en zal twee miljoen kosten."),
    "sv": ("Rådet röstade på måndagen för den nya bron.", "Arbetet börjar i maj och kommer att kosta två miljoner."),
    "pl": (
        "Rada zagłosowała w poniedziałek za nowym mostem.",
        "Prace rozpoczną się w maju i będą kosztować dwa miliony.",
    ),
    "cs": ("Rada v pondělí hlasovala pro nový most.", "Práce začnou v květnu a budou stát dva miliony."),
    "hu": ("A tanács hétfőn megszavazta az új hidat.", "A munka májusban kezdődik, és kétmillióba fog kerülni."),
    "ro": ("Consiliul a votat luni pentru noul pod.", "Lucrările încep în mai și vor costa două milioane."),
    "tr": (
        "Meclis pazartesi günü yeni köprü için oy kullandı.",
        "Çalışmalar mayısta başlıyor ve iki milyona mal olacak.",
    ),
    "vi": ("Hội đồng đã bỏ phiếu cho cây cầu mới vào thứ Hai.", "Công việc bắt đầu vào tháng Năm và sẽ tốn hai triệu."),
    "id": (
        "Dewan memilih jembatan baru itu pada hari Senin.",
        "Pekerjaan dimulai bulan Mei dan akan menelan biaya dua juta.",
    ),
    "sw": (
        "Baraza lilipiga kura siku ya Jumatatu kwa ajili ya daraja jipya.",
        "Kazi itaanza mwezi wa Mei na itagharimu milioni mbili.",
    ),
    "ru": ("Совет проголосовал в понедельник за новый мост.", "Работы начнутся в мае и обойдутся в два миллиона."),
    "uk": ("Рада проголосувала в понеділок за новий міст.", "Роботи почнуться в травні й коштуватимуть два мільйони."),
    "el": (
        "Το συμβούλιο ψήφισε τη Δευτέρα για τη νέα γέφυρα.",
        "Οι εργασίες αρχίζουν τον Μάιο και θα κοστίσουν δύο εκατομμύρια.",
    ),
    "ar": ("صوت المجلس يوم الاثنين لصالح الجسر الجديد.", "ستبدأ الأعمال في مايو وستكلف مليونين."),
    "fa": ("شورا روز دوشنبه به پل جدید رأی داد.", "کار در ماه مه آغاز می‌شود و دو میلیون هزینه خواهد داشت."),
    "he": ("המועצה הצביעה ביום שני בעד הגשר החדש.", "העבודה מתחילה במאי ותעלה שני מיליון."),
    "hi": ("परिषद ने सोमवार को नए पुल के लिए मतदान किया।", "काम मई में शुरू होगा और इसमें बीस लाख खर्च होंगे।"),
    "bn": ("পরিষদ সোমবার নতুন সেতুর পক্ষে ভোট দিয়েছে।", "কাজ মে মাসে শুরু হবে এবং বিশ লক্ষ খরচ হবে।"),
    "ta": ("சபை திங்கட்கிழமை புதிய பாலத்திற்கு வாக்களித்தது.", "பணி மே மாதத்தில் தொடங்கும், இருபது லட்சம் செலவாகும்."),
    "th": ("สภาลงมติเห็นชอบสะพานใหม่เมื่อวันจันทร์", "งานจะเริ่มในเดือนพฤษภาคมและจะใช้เงินสองล้าน"),
    "my": ("ကောင်စီသည် တနင်္လာနေ့တွင် တံတားသစ်အတွက် မဲပေးခဲ့သည်။", "အလုပ်ကို မေလတွင် စတင်မည်ဖြစ်သည်။"),
    "ka": ("საბჭომ ორშაბათს ახალ ხიდს ხმა მისცა.", "სამუშაოები მაისში იწყება და ორი მილიონი დაჯდება."),
    "ko": ("의회는 월요일에 새 다리에 찬성표를 던졌다.", "공사는 5월에 시작되며 200만 원이 들 것이다."),
    "ja": ("市議会は月曜日に新しい橋の建設に賛成した。", "工事は五月に始まり、二百万円かかる見込みだ。"),
    "zh": ("市议会星期一投票赞成修建这座新桥。", "工程将于五月开始,耗资两百万元。"),
}
"""Two sentences by the code of their language."""
