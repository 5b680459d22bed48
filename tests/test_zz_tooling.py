import pytest, socket
from wagtail.models import Page, Locale
from accounts.models import User

@pytest.mark.django_db
@pytest.mark.parametrize("n", range(6))
def test_rows(n): 
    assert Page.objects.count() >= 1 and Locale.objects.exists()
    assert not User.objects.exists()

@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n", range(3))
def test_trans(n):
    assert Page.objects.count() >= 1
    User.objects.create(email=f"a{n}@b.example")

@pytest.mark.parametrize("viewport", [(320, 640), (1280, 900)])
def test_browser(page, axe, viewport):
    User.objects.create(email="x@b.example")
    r = page.goto("/admin/login/")
    assert r.status == 200
    assert page.evaluate("window.innerWidth") == viewport[0]
    print(axe(page))

@pytest.mark.viewport(400, 500)
def test_browser_public(page, axe):
    r = page.goto("/en/no-such/")
    assert r.status == 404
    assert page.evaluate("window.innerWidth") == 400
    assert User.objects.count() == 0
    print(axe(page))

def test_axe_sees(page, axe):
    page.goto("/admin/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x><p style=color:#eee>hei</p>')")
    print(axe(page))
    assert axe(page)

@pytest.mark.skip(reason="see the line")
def test_skip(): pass
