// AWS's SDK for Go against the endpoint under test. Silent but for failures; the last line is the count.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const awkward = "a b/ü+%&=?#"

var (
	ctx    = context.Background()
	client = s3.New(s3.Options{
		BaseEndpoint: aws.String(os.Getenv("STOWAGE_TEST_ENDPOINT")),
		Region:       "us-east-1",
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider(os.Getenv("STOWAGE_TEST_ACCESS_KEY"), os.Getenv("STOWAGE_TEST_SECRET_KEY"), ""),
		DisableLogOutputChecksumValidationSkipped: true,
	})
	bucket = aws.String(fmt.Sprintf("stowage-test-go-%d", os.Getpid()))
	large  = bytes.Repeat([]byte("0123456789abcdef"), 17<<16)
)

var tests = map[string]func() error{
	"objects with awkward keys and metadata": func() error {
		if err := put(awkward, "text"); err != nil {
			return err
		}
		got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String(awkward)})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(got.Body)
		return errors.Join(err, same("body", string(body), "text"), same("metadata", got.Metadata["by"], "go"))
	},
	"uploads in parts with every checksum, and downloads of them": func() error {
		for _, algorithm := range types.ChecksumAlgorithm("").Values() {
			switch algorithm {
			case types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256:
			default:
				continue // newer than what the server has
			}
			key := aws.String("large-" + string(algorithm))
			input := &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(large), ChecksumAlgorithm: algorithm}
			if _, err := manager.NewUploader(client).Upload(ctx, input); err != nil {
				return fmt.Errorf("%s: %w", algorithm, err)
			}
			into := manager.NewWriteAtBuffer(nil)
			_, err := manager.NewDownloader(client).Download(ctx, into, &s3.GetObjectInput{Bucket: bucket, Key: key})
			if err != nil || !bytes.Equal(into.Bytes(), large) {
				return fmt.Errorf("%s: other bytes came back: %w", algorithm, err)
			}
		}
		return nil
	},
	"conditions and errors by their types": func() error {
		if err := put("there", "text"); err != nil {
			return err
		}
		_, taken := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("there"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
		_, missing := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")})
		_, absent := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("none")})
		var code smithy.APIError
		var noSuchKey *types.NoSuchKey
		var notFound *types.NotFound
		if !errors.As(taken, &code) || !errors.As(missing, &noSuchKey) || !errors.As(absent, &notFound) {
			return errors.Join(errors.New("an error is of another type"), taken, missing, absent)
		}
		return same("code", code.ErrorCode(), "PreconditionFailed")
	},
	"presigned URLs": func() error {
		presign := s3.NewPresignClient(client)
		up, err := presign.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("signed +")}, s3.WithPresignExpires(time.Minute))
		if err != nil {
			return err
		}
		request, _ := http.NewRequest(up.Method, up.URL, strings.NewReader("signed"))
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		down, err := presign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("signed +")})
		if err != nil {
			return err
		}
		got, err := http.Get(down.URL)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(got.Body)
		return errors.Join(err, same("status", answer.Status, "200 OK"), same("body", string(body), "signed"))
	},
	"pages of a listing, copies, and deletion of many": func() error {
		for _, key := range []string{"list/1", "list/2", "list/3"} {
			if err := put(key, key); err != nil {
				return err
			}
		}
		source := aws.String(*bucket + "/list/3")
		if _, err := client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("list/4"), CopySource: source}); err != nil {
			return err
		}
		keys, err := list("list/", 2)
		if err != nil {
			return err
		}
		return errors.Join(same("keys", strings.Join(keys, " "), "list/1 list/2 list/3 list/4"), remove(keys))
	},
}

func main() {
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		fmt.Println("FAILED to make a bucket:", err)
		os.Exit(1)
	}
	failed := 0
	for name, test := range tests {
		if err := test(); err != nil {
			failed++
			fmt.Printf("FAILED %s\n%v\n", name, err)
		}
	}
	keys, _ := list("", 1000)
	_ = remove(keys)
	if _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}); err != nil {
		failed++
		fmt.Println("FAILED to delete the bucket:", err)
	}
	fmt.Printf("aws-sdk-go: %d passed, %d failed, 0 skipped\n", len(tests)-failed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

func put(key, text string) error {
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: strings.NewReader(text), Metadata: map[string]string{"by": "go"}})
	return err
}

func list(prefix string, size int32) ([]string, error) {
	var keys []string
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: aws.String(prefix), MaxKeys: aws.Int32(size)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			keys = append(keys, *object.Key)
		}
	}
	return keys, nil
}

func remove(keys []string) error {
	var objects []types.ObjectIdentifier
	for _, key := range keys {
		objects = append(objects, types.ObjectIdentifier{Key: aws.String(key)})
	}
	done, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: objects}})
	if err == nil && len(done.Deleted) != len(keys) {
		err = fmt.Errorf("%d of %d were deleted", len(done.Deleted), len(keys))
	}
	return err
}

func same(what, is, wanted string) error {
	if is == wanted {
		return nil
	}
	return fmt.Errorf("%s is %q instead of %q", what, is, wanted)
}
