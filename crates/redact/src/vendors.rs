//! Services whose credentials have no shape of their own: forty hex digits, a UUID, twenty letters. A name that holds one
//! of them and a value that looks random are enough.

use crate::assign::identifier;
use crate::assign::value_at::{self, Link};
use crate::value::{is_code, is_placeholder, is_random, tail};
use crate::words::Words;

/// How far before a value its vendor is looked for, in bytes.
const BEFORE: usize = 64;

/// Their names, in alphabetical order.
#[rustfmt::skip]
const VENDORS: &[&str] = &[
    "abuseipdb", "accuweather", "adafruit", "adobe", "aeroworkflow", "agora", "ahrefs", "airbrake", "airship", "airvisual", "aiven", "alchemy",
    "algolia", "alibaba", "aliyun", "alphavantage", "amplitude", "anypoint", "apacta", "api2cart", "apideck", "apiflash", "apifonica", "apilayer",
    "apimatic", "apollo", "appcues", "appfollow", "appoptics", "appsflyer", "apptivo", "artifactory", "asana", "assemblyai", "atera", "auth0",
    "autoklose", "autopilot", "avaza", "aviationstack", "axonaut", "aylien", "ayrshare", "bannerbear", "baremetrics", "baseapi", "beamer", "beebole",
    "besnappy", "bitbar", "bitbucket", "bitcoinaverage", "bitfinex", "bitly", "bitmex", "bittrex", "blazemeter", "blitapp", "blogger", "bombbomb",
    "boostnote", "braintree", "branchio", "brandfetch", "browserstack", "bscscan", "bugherd", "bugsnag", "buildkite", "bulbul", "bulksms",
    "buttercms", "caflou", "calendarific", "calendly", "calorieninja", "campayn", "cannyio", "capsulecrm", "captaindata", "carboninterface",
    "cashboard", "caspio", "censys", "centralstation", "cexio", "chartmogul", "chatbot", "chatfule", "checkio", "checklyhq", "checkmarket",
    "checkvist", "circleci", "clarifai", "clearbit", "clickhelp", "clicksend", "clicktime", "cliengo", "clientary", "clinchpad", "clockify",
    "clockwork", "clojars", "cloudant", "cloudelements", "cloudflare", "cloudimage", "cloudinary", "cloudmersive", "cloudplan", "cloudsmith",
    "cloverly", "cloze", "clustdoc", "codacy", "codeclimate", "codecov", "codemagic", "codequiry", "coinapi", "coinbase", "coinlayer", "coinlib",
    "coinmarketcap", "collect2", "column", "commercejs", "commodities", "companyhub", "confluent", "contentful", "contentstack", "conversiontools",
    "convertapi", "convertkit", "convier", "copper", "coveralls", "craftmypdf", "crowdin", "cryptocompare", "currencycloud", "currencyfreaks",
    "currencylayer", "currencyscoop", "currentsapi", "customerguru", "customerio", "dailyco", "dandelion", "dareboost", "databox", "databricks",
    "datadog", "datagov", "debounce", "deepai", "deepgram", "deepseek", "delighted", "deputy", "detectify", "detectlanguage", "dfuse", "diffbot",
    "diggernaut", "digitalocean", "discord", "disqus", "ditto", "dnscheck", "docparser", "documo", "docusign", "doppler", "dotdigital", "dovico",
    "dronahq", "droneci", "dropbox", "dwolla", "dynalist", "dynatrace", "dyspatch", "eagleeye", "easyinsight", "ecostruxure", "edamam", "edenai",
    "eightxeight", "elasticemail", "enablex", "endorlabs", "enigma", "envoy", "eraser", "etherscan", "ethplorer", "eventbrite", "everhour",
    "exchangerate", "exportsdk", "extractorapi", "facebook", "faceplusplus", "fastforex", "fastly", "feedier", "fetchrss", "fibery", "figma",
    "fileio", "finage", "financialmodelingprep", "findl", "finicity", "finnhub", "fixerio", "flatio", "fleetbase", "flickr", "flightapi",
    "flightlabs", "flightstats", "float", "flowflu", "flutterwave", "formbucket", "formcraft", "formio", "formsite", "foursquare", "frameio",
    "freemius", "freshbooks", "freshdesk", "fulcrum", "fullstory", "fxmarket", "geckoboard", "gemini", "gengo", "geoapify", "geocode", "geoipifi",
    "getemail", "getgeoapi", "getgist", "getresponse", "getsandbox", "github", "gitlab", "gitter", "glassnode", "gocanvas", "gocardless", "godaddy",
    "goodday", "grafana", "graphcms", "graphhopper", "groove", "gtmetrix", "guardian", "gumroad", "guru", "gyazo", "happyscribe", "harvest",
    "hellosign", "helpcrunch", "helpscout", "hereapi", "heroku", "hiveage", "holidayapi", "holistic", "honeybadger", "honeycomb", "host.io",
    "html2pdf", "hubspot", "humanity", "hunter", "hybiscus", "hypertrack", "ibmcloud", "iconfinder", "iexapis", "iexcloud", "imagekit", "imagga",
    "impala", "infura", "insightly", "instabot", "instamojo", "integromat", "intercom", "interseller", "intrinio", "invoiceocean", "ionic",
    "ip2location", "ipapi", "ipgeolocation", "ipinfo", "ipquality", "ipstack", "jfrog", "jira", "jotform", "jumpcloud", "jupiterone", "juro",
    "kairos", "kaleyra", "karmacrm", "keenio", "keygen", "kickbox", "klaviyo", "klipfolio", "knapsackpro", "kontent", "kraken", "kubecost", "kucoin",
    "kylas", "lambdatest", "languagelayer", "lastfm", "launchdarkly", "leadfeeder", "lemlist", "lemonsqueezy", "lendflow", "lessannoying", "lexigram",
    "linearapi", "linenotify", "linkedin", "linkpreview", "liveagent", "livestorm", "loadmill", "locationiq", "loggly", "loginradius", "logzio",
    "lokalise", "loyverse", "lunchmoney", "luno", "macaddress", "madkudu", "magicbell", "magnetic", "mailboxlayer", "mailchimp", "mailerlite",
    "mailgun", "mailjet", "mailmodo", "mailsac", "mandrill", "manifest", "mapbox", "mapquest", "marketstack", "mattermost", "mavenlink", "maxmind",
    "meaningcloud", "mediastack", "meistertask", "meraki", "mesibo", "messagebird", "metaapi", "metabase", "metrilo", "microsoftteams", "mindmeister",
    "miro", "mite", "mixmax", "mixpanel", "mockaroo", "moderation", "mojohelpdesk", "monday", "monkeylearn", "moonclerk", "moosend", "moralis",
    "moxtra", "mrticktock", "myfreshworks", "myintervals", "nasdaq", "nethunt", "netlify", "networksolutions", "neutrinoapi", "newrelic", "newsapi",
    "newscatcher", "nexmo", "nftport", "ngrok", "nicereply", "nightfall", "nimble", "nitro", "noticeable", "notion", "nozbe", "npmaccess",
    "numverify", "nutritionix", "nylas", "nytimes", "oanda", "octopus", "okta", "omnisend", "oneall", "onedesk", "onelogin", "onepage", "onesignal",
    "onfleet", "oopspam", "opencage", "opengraph", "openuv", "openweather", "opsgenie", "optimizely", "oracle", "overloop", "owlbot", "packagecloud",
    "pagerduty", "pandadoc", "pandascore", "paperform", "paralleldots", "parseur", "particle", "partnerstack", "passbase", "pastebin", "paydirt",
    "paymoapp", "paymongo", "paypal", "paystack", "pdflayer", "pdfshift", "peopledatalabs", "pepipost", "percy", "personio", "pinata", "pinecone",
    "pipedream", "pipedrive", "pivotaltracker", "pixabay", "plaid", "planview", "planyo", "plivo", "podio", "pollsapi", "poloniex", "polygon",
    "portainer", "positionstack", "postageapp", "postbacks", "posthog", "postman", "postmark", "powrbot", "prefect", "privacycloud", "prodpad",
    "prospect", "protocolsio", "proxycrawl", "pubnub", "pulumi", "purestake", "pushbullet", "pusher", "qase", "qualaroo", "qualtrics", "qubole",
    "quickbase", "quickbooks", "quickmetrics", "ramp", "rapidapi", "rapyd", "raven", "rawg", "razorpay", "readme", "rebrandly", "recaptcha",
    "rechargepayments", "reddit", "refiner", "remotive", "repairshopr", "replyio", "requestfinance", "restpack", "rev.ai", "revampcrm", "ringcentral",
    "ripio", "ritekit", "roaring", "rocketreach", "rollbar", "rosette", "route4me", "rownd", "runrun", "salesblink", "salescookie", "salesflare",
    "salesforce", "salesmate", "sanity", "satismeter", "saucelabs", "scalewaykey", "scalr", "scrapeowl", "scraperapi", "scraperbox", "scrapersite",
    "scrapestack", "scrapfly", "scrapingant", "scrapingbee", "screenshotapi", "screenshotlayer", "scrutinizer", "securitytrails", "segment",
    "selectpdf", "semaphore", "semrush", "sendbird", "sendgrid", "sendinblue", "sendowl", "sengrid", "sentiment", "sentry", "serpapi", "serpstack",
    "sheety", "sherpadesk", "shipday", "shippo", "shodan", "shopify", "shortcut", "shotstack", "shutterstock", "sidekiq", "signable", "signalwire",
    "signaturit", "signupgenius", "sigopt", "simplesat", "simplynoted", "simvoly", "sinch", "sirv", "siteleaf", "skrapp", "skybiometry", "slack",
    "smartsheet", "smartystreets", "smooch", "snipcart", "snyk", "solarwinds", "sonar", "sonarcloud", "sourcegraph", "sparkpost", "spectral",
    "speechtext", "splunk", "spoonacular", "sportradar", "sportsmonk", "spotify", "squarespace", "squareup", "sslmate", "statuscake", "statuspage",
    "statuspal", "stitchdata", "stockdata", "storecove", "stormboard", "stormglass", "storyblok", "storychief", "strava", "streak", "stripe",
    "stripo", "stytch", "sugester", "sumologic", "supabase", "supernotes", "surge", "survey", "swell", "swiftype", "tallyfy", "tatum", "taxjar",
    "teamgate", "teamwork", "technicalanalysis", "telegram", "telesign", "telnyx", "terraform", "testingbot", "textmagic", "theoddsapi", "thinkific",
    "thousandeyes", "ticketmaster", "tickettailor", "tiingo", "timecamp", "timezoneapi", "tineswebhook", "tmetric", "todoist", "toggl", "tokeet",
    "tomorrowio", "tomtom", "tradier", "transferwise", "travelpayouts", "travisci", "trello", "tribe", "truenas", "twelvedata", "twilio", "twist",
    "twitch", "twitter", "tyntec", "typeform", "typetalk", "ubidots", "uclassify", "unifyid", "unplugg", "unsplash", "upcdatabase", "uplead",
    "uploadcare", "uptimerobot", "upwave", "urlscan", "userflow", "userstack", "vagrant", "vatlayer", "vbout", "vercel", "verifier", "veriphone",
    "versioneye", "viewneo", "virustotal", "visualcrossing", "voicegain", "voodoosms", "vouchery", "vpnapi", "vultr", "vyte", "wakatime", "walkscore",
    "wandb", "weatherbit", "weatherstack", "webex", "webflow", "webscraper", "webscraping", "wepay", "whoxy", "wistia", "wit.ai", "wordnik",
    "workday", "worksnaps", "workstack", "worldcoin", "worldweather", "wrike", "yandex", "yelp", "ynab", "youneedabudget", "zendesk", "zenrows",
    "zenscrape", "zenserp", "zeplin", "zerobounce", "zerotier", "zipapi", "zipbooks", "zipcode", "zohocrm", "zonka", "zoomeye", "zulip", "zuora",
];

/// How they begin.
static BEGINS: Words = Words::new(VENDORS);

/// The secret that the run at `start..end` is, if a vendor's name stands before it.
pub(crate) fn find(line: &str, start: usize, end: usize) -> Option<(usize, usize, &'static str)> {
    let bytes = line.as_bytes();
    let linked = start > 4 && b" =:\"'`\\,".contains(&bytes[start - 1]);
    if !linked || !is_random(&line[start..end], 16) {
        return None;
    }
    let from = start - tail(&line[..start], BEFORE).len();
    let word = |at: &usize| {
        let here = begins_word(bytes, *at) && BEGINS.may_begin_in_any_case(&bytes[*at..start]);
        here.then(|| vendor(&line[*at..start].to_ascii_lowercase())).flatten()
    };
    (from..start).find_map(|at| behind(line, word(&at)?, at))
}

/// The longest vendor that the text (in lower case) begins with.
fn vendor(text: &str) -> Option<&'static str> {
    let after = VENDORS.partition_point(|vendor| *vendor <= text);
    let near = VENDORS[..after]
        .iter()
        .rev()
        .take_while(|vendor| vendor.as_bytes()[..3] == text.as_bytes()[..3.min(text.len())]);
    near.copied().find(|vendor| text.starts_with(vendor))
}

fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
    bytes[at].is_ascii_alphanumeric()
        && (!before.is_ascii_alphanumeric() || before.is_ascii_lowercase() && bytes[at].is_ascii_uppercase())
}

/// The value behind the vendor's name at `at`, directly or after words such as `api key`.
fn behind(line: &str, word: &str, at: usize) -> Option<(usize, usize, &'static str)> {
    let (start, mut end) = identifier(line, (at, at + word.len()))?;
    let bytes = line.as_bytes();
    let before = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
    if before.is_ascii_lowercase() && bytes[at].is_ascii_lowercase()
        || before.is_ascii_uppercase() && bytes[at].is_ascii_uppercase()
    {
        return None;
    }
    // `GITHUB_SHA`, `SENTRY_RELEASE`: the vendor's name, and no credential of it.
    if line[at + word.len()..end].to_ascii_lowercase().split(['_', '-', '.']).any(|part| OTHERS.contains(&part)) {
        return None;
    }
    let mut named = false;
    for _ in 0..3 {
        let next = end + usize::from(bytes.get(end) == Some(&b' '));
        let length = bytes[next..].iter().take(12).take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
        if !FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(&line[next..next + length])) {
            break;
        }
        (named, end) = (true, next + length);
    }
    let found = value_at::find(line, start, end)?;
    let value = found.value;
    let assigned = matches!(found.link, Link::Equals | Link::Colon | Link::Arrow);
    let version = value.starts_with(['v', '^', '~', '=']) && value.contains('.');
    let other = version || is_code(value) || is_placeholder(value) || value.contains(['/', ':', '@', '#', '=']);
    let hex = value.bytes().all(|b| b.is_ascii_hexdigit());
    let linked = assigned || named || found.link == Link::Space && !hex && !value.contains(['-', '.', '_']);
    (linked && !other && is_random(value, if assigned || named { 16 } else { 24 }) && !found.continues).then_some((
        found.start,
        found.end,
        "vendor_key",
    ))
}

/// Words between a vendor and its key.
const FILLERS: [&str; 10] = ["key", "api", "token", "secret", "access", "private", "code", "apikey", "api_key", "auth"];

/// Words in a name that say that the value is no credential.
#[rustfmt::skip]
const OTHERS: [&str; 20] = [
    "sha", "sha1", "sha256", "commit", "digest", "hash", "checksum", "revision", "rev", "ref", "release", "version", "integrity",
    "etag", "uuid", "trace", "build", "cache", "image", "snapshot",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(VENDORS.is_sorted());
    }
}
