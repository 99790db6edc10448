"""What servers say in other languages, as data; read like ``core.rules.diagnosis.rules``.

Accents are taken off before the comparison (``boîte`` is ``boite``, ``für`` is ``fur``).
"""

from __future__ import annotations

from typing import Final

FOREIGN: Final[tuple[tuple[str, str], ...]] = (
    (
        "rejected",
        """groupe que vous avez essaye | grupo con el que | gruppo che hai
        gruppe * nicht existiert | grupo que voce | skupina * kontaktovat | グループ
        groep * contact | grupa * kontakt | grupą * kontakt | групп | група | 群组 | 群組 | 그룹
        iletisim * grup | gruppen * kontakt | ryhma | csoport | ομαδα | קבוצה | المجموعة | กลุ่ม
        nhom * lien | grup yang anda | grupul * contact | grup * contact | emetteur invalide
        ungultiger absender | absenderadresse * abgelehnt/ungultig
        remitente * rechazad/invalid | mittente * rifiutat | expediteur * refuse/rejete/invalide
        afzender * geweigerd | отправител * отклон""",
    ),
    (
        "mailboxfull",
        """postfach * voll | mailbox * voll | speicherplatz | zuviele mails | zu viele mails
        nicht genug platz | kontingent | boite * pleine | boite * saturee | bal pleine
        quota * depasse | quota * atteint | espace * insuffisant | buzon * lleno | buzon lleno
        cuota * excedid | cuota excedid | espacio insuficiente | casella * piena | casella piena
        spazio * esaurito | quota superata | caixa * cheia | caixa cheia | cota excedida
        postvak * vol | mailbox is vol | qiyi man | 邮箱已满 | 空间不足 | 容量不足 | 超出配额
        收件箱已满 | メールボックスがいっぱい | メールボックスの容量 | 容量を超え | 容量オーバー
        容量超過 | ящик переполнен | ящик * переполнен | превышена квота | превышен * квот
        skrzynka * pelna | innboks * full | brevlada * full | meerubokkusu""",
    ),
    (
        "blocked:greylisted",
        """liste grise | graue liste | lista gris | lista grigia | серый список | 灰名单
        グレーリスト""",
    ),
    (
        "toomanyconn",
        """trop de connexions/destinataires | zu viele verbindungen/empfanger
        demasiadas conexiones""",
    ),
    (
        "speeding",
        """trop de messages/mails | zu viele nachrichten | demasiados mensajes/correos
        troppi messaggi | te veel berichten | 频率 | 发送过快 | слишком много""",
    ),
    (
        "suspend",
        """boite * archivee | compte * desactive/suspendu/bloque/inactif | boite * desactivee
        konto * gesperrt/deaktiviert | postfach * gesperrt/deaktiviert | cuenta * desactivad
        cuenta * suspendid/bloquead | account * disattivat/sospes | conta * desativad/suspens
        账户已停用 | 帐号被禁 | 邮箱被禁 | 已被锁定 | учетная запись * заблокирован/отключ
        停止されています""",
    ),
    (
        "hostunknown",
        """domaine * inconnu/inexistant | domane * nicht/unbekannt | domain * existiert nicht
        dominio * no existe/inexistente/sconosciuto/inesistente | домен не | 域名不存在""",
    ),
    (
        "userunknown",
        """utilisateur * inconnu/introuvable/inexistant
        destinataire * inconnu/invalide/inexistant | utilisateur inconnu | destinataire inconnu
        adresse * invalide/inconnue/inexistante | adresse * existe_pas/plus_valide
        boite * inexistante/existe_pas | compte * existe_pas
        empfanger * unbekannt/existiert/nicht_bekannt/nicht_gefunden/ungultig/unzulassig
        benutzer * unbekannt/existiert/nicht_gefunden/nicht_bekannt
        unbekannter empfanger/benutzer | unbekannte adresse
        adresse * existiert/unbekannt/ungultig | postfach * existiert
        usuario * no_existe/desconocido/inexistente/no_encontrado/invalido/nao_existe/nao_encontrado
        usuario desconocido/desconhecido/inexistente
        destinatario * no_existe/desconocido/invalido
        destinatario * sconosciuto/inesistente/non_valido/nao_existe/desconhecido/inexistente
        direccion * no_existe/invalida/desconocida | cuenta * no_existe | buzon * no_existe
        utente * sconosciuto/inesistente/non_esiste/non_trovato | utente sconosciuto
        indirizzo * non_esiste/inesistente/non_valido | casella * inesistente/non_esiste
        endereco * nao_existe/invalido | conta * nao_existe | caixa * nao_existe
        casella inesistente | emailadres * niet_gevonden | adres * niet_gevonden
        ontvanger * niet_gevonden | gebruiker * onbekend/bestaat | onbekende gebruiker
        ontvanger * onbekend | adres * bestaat | 用户不存在 | 收件人不存在 | 邮箱不存在
        账号不存在 | 帐号不存在 | 无此用户 | 没有此用户 | 地址不存在 | ユーザーが見つかりません
        ユーザが存在しません | 存在しません | 宛先不明 | あて先不明 | 見つかりません
        пользовател * не_найден/не_существует/неизвест | неизвестный пользователь | нет такого
        ящик * не_существует/не_найден | адрес * не_существует/не_найден | nie ma takiego
        nieznany uzytkownik | okand anvandare | ukendt bruger | ukjent bruker | atesaki fumei""",
    ),
    (
        "mesgtoobig",
        """message trop volumineux/gros/grand | taille * message * depasse
        nachricht * zu gross/groß | nachricht * zu gro | mensaje * demasiado grande
        messaggio * troppo grande | mensagem * muito grande | bericht * te groot | 邮件过大
        邮件太大 | サイズが大きすぎ""",
    ),
    (
        "spamdetected",
        """courrier indesirable | message * indesirable | comme spam | pourriel | als spam
        spam verdacht | spamverdacht | unerwunscht | correo no deseado | como spam | indesiderat
        considerato spam | indesejad | 垃圾邮件 | 垃圾内容 | 迷惑メール | スパム | спам
        meiwaku""",
    ),
    (
        "blocked",
        """adresse ip * bloque/refus/rejete | ip adresse * gesperrt/blockiert | liste noire
        schwarze liste | lista negra | lista nera | zwarte lijst | черн * списо | 黑名单
        拒绝连接 | connexion refusee | verbindung * abgelehnt/verweigert""",
    ),
    (
        "systemerror",
        """veuillez essayer/reessayer plus tard | reessayez | spater erneut | spater noch einmal
        intente mas tarde | intentelo | riprova | tente novamente | probeer het later | 稍后重试
        稍后再试 | 请稍后 | しばらく | 後ほど | попробуйте * позже | повторите * позже""",
    ),
)
