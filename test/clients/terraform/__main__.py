"""Terraform or OpenTofu, whose state is on S3 and is locked there: `python3 test/clients/terraform [part of a name ...]`."""

import os
import subprocess
import sys
import time

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

import boto3  # noqa: E402

PROGRAM = os.environ['STOWAGE_TEST_TERRAFORM']

# What is made is nothing but a value, so that nothing has to be fetched.
CONFIGURATION = '''
terraform {
  backend "s3" {
    bucket                      = "%s"
    key                         = "env/site.tfstate"
    region                      = "%s"
    endpoints                   = { s3 = "%s" }
    use_lockfile                = true
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
  }
}
variable "value" {}
variable "seconds" { default = 0 }
resource "terraform_data" "made" {
  triggers_replace = var.value
  input            = var.value
  provisioner "local-exec" { command = "sleep ${var.seconds}" }
}
output "value" { value = terraform_data.made.output }
'''


class Terraform(harness.Case):
    def setUp(self):
        super().setUp()
        self.s3 = boto3.client(
            's3', endpoint_url=harness.ENDPOINT, region_name=harness.REGION,
            aws_access_key_id=harness.ACCESS_KEY, aws_secret_access_key=harness.SECRET_KEY)
        self.bucket = harness.bucket_name('terraform')
        self.s3.create_bucket(Bucket=self.bucket)
        self.addCleanup(self.remove_bucket)
        self.file('site/main.tf', (CONFIGURATION % (self.bucket, harness.REGION, harness.ENDPOINT)).encode())
        self.environment = {
            'AWS_ACCESS_KEY_ID': harness.ACCESS_KEY,
            'AWS_SECRET_ACCESS_KEY': harness.SECRET_KEY,
            'CHECKPOINT_DISABLE': '1',
        }
        self.terraform('init', '-input=false')

    def remove_bucket(self):
        for key in self.keys():
            self.s3.delete_object(Bucket=self.bucket, Key=key)
        self.s3.delete_bucket(Bucket=self.bucket)

    def keys(self):
        return [item['Key'] for item in self.s3.list_objects_v2(Bucket=self.bucket).get('Contents', [])]

    def command(self, name, *arguments):
        return [PROGRAM, '-chdir=' + self.file('site'), name, '-no-color', *arguments]

    def terraform(self, *arguments, expect=0):
        return self.run_command(self.command(*arguments), self.environment, expect=expect)

    def test_state_is_on_s3(self):
        self.terraform('apply', '-auto-approve', '-input=false', '-var=value=one')
        self.assertEqual(self.terraform('output', '-raw', 'value'), 'one')
        self.assertEqual(self.keys(), ['env/site.tfstate'])
        self.terraform('destroy', '-auto-approve', '-input=false', '-var=value=one')
        self.assertEqual(self.terraform('show').strip(), 'The state file is empty. No resources are represented.')

    def test_workspaces(self):
        self.run_command([PROGRAM, '-chdir=' + self.file('site'), 'workspace', 'new', 'other'], self.environment)
        self.assertEqual(self.keys(), ['env:/other/env/site.tfstate'])

    def test_of_two_at_once_one_is_locked_out(self):
        options = ['-auto-approve', '-input=false']
        slow = subprocess.Popen(
            self.command('apply', *options, '-var=value=one', '-var=seconds=5'), cwd=self.directory,
            stdout=subprocess.DEVNULL, env={'PATH': os.environ['PATH'], 'HOME': self.directory, **self.environment})
        self.addCleanup(slow.kill)
        deadline = time.monotonic() + 30
        while 'env/site.tfstate.tflock' not in self.keys():
            self.assertLess(time.monotonic(), deadline, 'nothing was locked')
            time.sleep(0.1)
        self.terraform('apply', *options, '-var=value=two', expect=1)
        self.assertRegex(self.stderr, r'Error acquiring the state lock[^!]*PreconditionFailed')
        self.assertEqual(slow.wait(60), 0)
        self.assertEqual(self.terraform('output', '-raw', 'value'), 'one')
        self.assertEqual(self.keys(), ['env/site.tfstate'])


harness.main('terraform', sys.modules[__name__])
