//! Who one is, and who somebody is: what an agent needs to commit as itself.

mod common;

use common::Github;

#[test]
fn an_account_is_found_by_its_login_and_a_token_says_whose_it_is() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let bot = github.ask("GET", "/users/healer%5Bbot%5D", &github.bot(), None);
    assert_eq!((bot.status, bot.json()["login"].as_str()), (200, Some("healer[bot]")));
    let mona = github.get("/user").json();
    assert_eq!((mona["login"].as_str(), &mona["id"]), (Some("mona"), &github.get("/users/mona").json()["id"]));
    assert_eq!(github.get("/users/nobody").status, 404);
    assert_eq!(github.ask("GET", "/user", &github.bot(), None).status, 403, "an installation is nobody");
    assert_eq!(github.ask("GET", "/user", "", None).status, 401);
}
